from datetime import datetime
from importlib.util import module_from_spec, spec_from_file_location

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged, users
from odoo.tools import file_path

from ..hooks import post_init_hook
from .common_past import PastCommon

NOW = datetime(2026, 5, 20, 9, 0)


@tagged("crm_relationship", "post_install", "-at_install")
class TestBackfillControl(PastCommon):
    """Who sees how far it is, who stops it, and what starts it."""

    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(NOW))
        for day in (11, 12, 13, 14):
            self._write_in(self.oak, self.brandon, f"Mail {day}", datetime(2026, 5, day, 8))
        self._forget()
        self.backfill._start()

    def _only_ours(self):
        """Narrow the past to the four mails."""
        jobs = self.backfill.search([])
        messages = self.env["mail.message"].search(
            [("model", "=", "res.partner"), ("res_id", "=", self.oak.id)]
        )
        mails = messages.filtered(lambda message: message.message_type == "email")
        (jobs - self._job("message")).write({"state": "done", "first_id": 1, "last_id": 0})
        self._job("message").write(
            {
                "date_start": NOW,
                "first_id": min(mails.ids),
                "last_id": max(mails.ids),
                "position": max(mails.ids) + 1,
            }
        )
        return self._job("message")

    @users("rel_anna")
    def test_manager_pauses_and_resumes(self):
        jobs = self.env["crm.interaction.backfill"].search([])
        jobs.action_pause()
        self.assertEqual(set(jobs.mapped("state")), {"paused"})
        self.assertEqual(self._build(), 0)
        self.assertTrue(jobs.get_progress()["paused"])
        jobs.action_resume()
        self.assertEqual(set(jobs.mapped("state")), {"todo"})
        self._build()
        self.assertEqual(set(jobs.mapped("state")), {"done"})
        self.assertEqual(len(self._history(self.oak)), 4)

    @users("rel_anna")
    def test_pause_leaves_what_is_complete(self):
        self._build()
        jobs = self.env["crm.interaction.backfill"].search([])
        jobs.action_pause()
        self.assertEqual(set(jobs.mapped("state")), {"done"})

    def test_resume_and_again_wake_the_scheduled_action(self):
        cron = self.env.ref("crm_relationship.ir_cron_backfill")
        triggers = [("cron_id", "=", cron.id)]
        jobs = self.backfill.search([])
        for action in (jobs.action_pause, jobs.action_resume, jobs.action_again):
            self.env["ir.cron.trigger"].search(triggers).unlink()
            action()
            woken = self.env["ir.cron.trigger"].search_count(triggers)
            self.assertEqual(woken, 0 if action == jobs.action_pause else 1, action)

    def test_progress_is_visible_to_whoever_sells(self):
        job = self._only_ours()
        seller = self.env["crm.interaction.backfill"].with_user(self.carla)
        self.assertEqual(seller.get_progress(), {"percent": 0, "paused": False})
        job.position = job.first_id + (job.last_id + 1 - job.first_id) // 2
        half = 100 * (job.last_id + 1 - job.position) // (job.last_id + 1 - job.first_id)
        self.assertEqual(seller.get_progress(), {"percent": half, "paused": False})
        self.assertEqual(int(job.with_user(self.anna).progress), half)
        self._build()
        self.assertEqual(seller.get_progress(), {})

    def test_only_managers_stop_it(self):
        jobs = self.backfill.search([])
        for user in (self.ben, self.carla):
            for name in ("action_pause", "action_again"):
                with self.assertRaises(AccessError):
                    getattr(jobs.with_user(user), name)()
            with self.assertRaises(AccessError):
                jobs.with_user(user).unlink()
        with self.assertRaises(AccessError):
            jobs.with_user(self.anna).unlink()
        with self.assertRaises(AccessError):
            self.backfill.with_user(self.anna).create({"kind": "message"})
        with self.assertRaises(AccessError):
            self.backfill.with_user(self.insider).get_progress()

    def test_empty_database_has_no_past(self):
        job = self._only_ours()
        job.write({"first_id": 1, "last_id": 0, "position": 1})
        self._build()
        self.assertRecordValues(job, [{"state": "done", "progress": 100, "rate": 0}])

    def _migrate(self):
        path = file_path("crm_relationship/migrations/19.0.1.1.0/post-migration.py")
        spec = spec_from_file_location("post_migration", path)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

    def test_upgrade_does_what_installing_does(self):
        states = []
        for begin in (lambda: post_init_hook(self.env), self._migrate):
            self.backfill.search([]).unlink()
            self._forget()
            begin()
            jobs = self.backfill.search([])
            names = ("kind", "sequence", "state", "first_id", "last_id", "position")
            states.append([[job[name] for name in names] for job in jobs])
            self._build()
            self.assertEqual(len(self._history(self.oak)), 4)
        self.assertEqual(states[0], states[1])
        self.assertEqual([state[0] for state in states[0]], list(self.backfill._get_pasts()))

    def test_clients_of_leads_need_not_wait_for_the_past(self):
        lead = self._create_lead(self.lumen)
        self._forget()
        self.backfill._start()
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_cold)
        self.assertEqual(self.lumen.acquisition_date, lead.create_date.date())
