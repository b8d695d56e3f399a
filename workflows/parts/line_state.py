"""What an order knows about the line that it holds, or waits for. The journal decides who has the line."""

from domain.lines import LineNews, LineNewsKind
from domain.order_kinds import ORDER_KINDS


class LineState:
    """The latest news on each question."""

    def __init__(self) -> None:
        self.folded_into = ""  # the port out that has the line for a while
        self.gone_with = ""  # the order that ended the contract
        self.changes = 0  # of the line, or of who has it
        self._unfolded: set[str] = set()  # ports out that came to nothing

    async def on_news(self, news: LineNews) -> None:
        """Something has happened to the line. News may come again, or late."""
        match news.what:
            case LineNewsKind.PREEMPTED if ORDER_KINDS[news.kind].takes_number_away and news.by not in self._unfolded:
                self.folded_into = news.by
            case LineNewsKind.RETURNED:
                self._unfolded.add(self.folded_into)
                self.folded_into = ""
                self.changes += 1
            case LineNewsKind.CONTRACT_ENDED:
                self.gone_with = news.by
            case LineNewsKind.CHANGED:
                self.changes += 1
