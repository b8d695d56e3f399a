"""The verbs, put together. Exit status: 0 done, 1 refused or failed, 2 wrong usage, 130 interrupted."""

import typer

from cli import changes, codes, lines, orders, port_in, port_out, replace_sim, terminate

HELP = """Number porting, SIM replacement and ends of contracts from the command line.

It speaks to the REST API at RELAIS_API_URL (default: this machine, RELAIS_API_PORT, 8080) with the key in
RELAIS_API_KEY (default: the development key in RELAIS_STATE_DIR/api-key).
"""

app = typer.Typer(
    name="starter.py",
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("port-in", epilog=port_in.EXAMPLES)(port_in.port_in)
app.command("replace-sim", epilog=replace_sim.EXAMPLES)(replace_sim.replace_sim)
app.command("terminate", epilog=terminate.EXAMPLES)(terminate.terminate)
app.command("bar")(lines.bar)
app.command("unbar")(lines.unbar)
app.command("lock")(lines.lock)
app.command("unlock")(lines.unlock)
app.command("watch")(orders.watch_order)
app.command("show")(orders.show)
app.command("list")(orders.list_orders)
app.command("find")(orders.find)
app.command("cancel")(changes.cancel)
app.command("reschedule")(changes.reschedule)
app.command("resolve")(changes.resolve)
app.command("note")(changes.note)
app.command("code")(codes.code)
app.command("activation-code")(codes.activation_code)
app.command("release")(changes.release)
app.command("refuse")(changes.refuse)
app.command("activate")(changes.activate)
app.command("declare")(changes.declare)
app.command("freeze")(port_out.freeze)
app.command("port-back")(port_out.port_back)
