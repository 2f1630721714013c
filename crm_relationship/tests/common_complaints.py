from .common import RelationshipCommon


class ComplaintCommon(RelationshipCommon):
    """Complaints of the clients of `RelationshipCommon`; `ben` has both clients."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.resource_calendar_id.tz = "UTC"
        (cls.oak + cls.brandon + cls.lumen).user_id = cls.ben
        cls.complaints = cls.env["crm.complaint"]
        cls.late = cls.env.ref("crm_relationship.complaint_cause_late")
        cls.defect = cls.env.ref("crm_relationship.complaint_cause_defect")

    @classmethod
    def _complain(cls, partner=None, **vals):
        return cls.complaints.create(
            {
                "name": "The desk came with a scratch",
                "partner_id": (partner or cls.brandon).id,
                "cause_id": cls.defect.id,
                **vals,
            }
        )

    def _tell(self, complaint, user=None, **vals):
        """Log a call to the client about it, as the button does."""
        action = complaint.with_user(user or self.ben).action_tell()
        log = self.env["crm.interaction.log"].with_user(user or self.ben)
        log = log.with_context(**action["context"]).create({"channel": "phone", **vals})
        log.action_save()
        return complaint.interaction_ids.sorted("id")[-1:]

    def _resolve(self, complaint, user=None, **vals):
        """Press Resolve and fill in the dialog."""
        user = user or self.ben
        action = complaint.with_user(user).action_resolve()
        wizard = self.env[action["res_model"]].with_user(user)
        wizard.with_context(**action["context"]).create(
            {"resolution": "Brought a new desk", **vals}
        ).action_resolve()

    def _tasks(self, complaint, name="complaint"):
        kind = self.env.ref(f"crm_relationship.mail_activity_type_{name}")
        return complaint.activity_ids.filtered(lambda task: task.activity_type_id == kind)
