"""Messages that are a step of the order itself: the reminder to a donor's desk. Customers are told by the outbox."""

from temporalio import activity

from activities.conversion import outages_are_retried
from activities.parties_called import calls_parties
from domain.directory import Directory
from domain.model import Model
from domain.party import Party
from parties.errors import PartyRefused
from parties.notifications import Notifications


class RemindDonor(Model):
    order_id: str
    donor: str
    dossier_id: str
    key: str


class Reminded(Model):
    sent: bool = True


class NotificationActivities:
    """E-mails to other operators' desks."""

    def __init__(self, notifications: Notifications, directory: Directory) -> None:
        self._notifications = notifications
        self._directory = directory

    @activity.defn(name="notifications_remind_donor")
    @calls_parties(Party.NOTIFICATIONS)
    async def remind_donor(self, request: RemindDonor) -> Reminded:
        """Ask the donor's desk for its overdue answer. Names the dossier, never the number."""
        donor = self._directory.by_code(request.donor)
        with outages_are_retried():
            try:
                await self._notifications.send(
                    reference=request.order_id,
                    kind="donor.reminder",
                    channel="email",
                    to=donor.desk_email,
                    language="fr",
                    subject=f"Dossier {request.dossier_id} : réponse attendue",
                    text=f"Bonjour, la réponse au dossier {request.dossier_id} est en retard. Merci de répondre.",
                    key=request.key,
                )
            except PartyRefused:
                return Reminded(sent=False)
        return Reminded()
