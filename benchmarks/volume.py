"""The volume that is measured on: a company's years of work, made by PostgreSQL itself.

N contacts, N/2 leads, 5N messages, N/2 activities, 0.3N meetings. One contact in five is a
company with two people; the others are private persons. Messages and meetings are spread
over two years, the newest last. Of ten messages four are Odoo's own notes, two are notes
of people, two come from clients and two go to them. Six sources brought the leads, which are
spread over four years, so that the last one is a part of them; of one in seven it is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator

YEAR_SECONDS = 365 * 86400.0
YEARS = 2
LEAD_YEARS = 4
USERS = 20

# Numbers run from 1; `%(first)s` are the ids before ours in each table.
STATEMENTS = {
    "res_partner": """
        INSERT INTO res_partner (
            id, name, complete_name, email, email_normalized, phone, phone_sanitized, active,
            is_company, partner_share, type, lang, color, parent_id, commercial_partner_id,
            user_id, create_uid, create_date, write_uid, write_date)
        SELECT {partner} + i, 'Client ' || i, 'Client ' || i,
               'client' || i || '@host' || (i % 5000) || '.example.com',
               'client' || i || '@host' || (i % 5000) || '.example.com',
               '+324' || (70000000 + i), '+324' || (70000000 + i), true,
               i % 5 = 0, true, 'contact', 'en_US', 0,
               CASE WHEN i % 5 IN (1, 2) AND i > 5 THEN {partner} + i - i % 5 END,
               {partner} + CASE WHEN i % 5 IN (1, 2) AND i > 5 THEN i - i % 5 ELSE i END,
               {user} + i % {users}, 1, now() - interval '{lead_years} years', 1, now()
          FROM generate_series(1, {n}) i
    """,
    "crm_lead": """
        INSERT INTO crm_lead (
            id, name, type, active, partner_id, user_id, team_id, stage_id, company_id, source_id,
            email_from, email_normalized, contact_name, priority, won_status, probability,
            automated_probability, expected_revenue, date_open, date_closed,
            date_last_stage_update, create_uid, create_date, write_uid, write_date)
        SELECT {lead} + i, 'Deal ' || i, 'opportunity', i % 10 <> 9, p.id, {user} + i % {users},
               1, CASE i % 10 WHEN 8 THEN 4 ELSE 1 + i % 3 END, 1, source.id,
               p.email, p.email_normalized, p.name, '0',
               CASE i % 10 WHEN 8 THEN 'won' WHEN 9 THEN 'lost' ELSE 'pending' END,
               CASE i % 10 WHEN 8 THEN 100 WHEN 9 THEN 0 ELSE 20 END, 20, i % 1000,
               made.at, CASE WHEN i % 10 >= 8 THEN made.at + interval '20 days' END, made.at,
               {user} + i % {users}, made.at, 1, made.at
          FROM generate_series(1, {n} / 2) i
          JOIN res_partner p ON p.id = {partner} + 1 + (i::bigint * 7919) % {n}
         CROSS JOIN LATERAL (
               SELECT now() - (({n} / 2 - i) * {lead_seconds} / ({n} / 2.0)) * interval '1 second'
               ) made(at)
     LEFT JOIN (SELECT id, row_number() OVER (ORDER BY id) FROM utm_source) source(id, number)
               ON source.number = i % 7
    """,
    "mail_message": """
        INSERT INTO mail_message (
            id, date, subject, body, model, res_id, message_type, subtype_id, author_id,
            email_from, message_id, is_internal, create_uid, create_date, write_uid, write_date)
        SELECT {message} + i, sent.at, 'Message ' || i,
               '<p>' || repeat('What is the price of the oak desk? ', 6) || '</p>',
               CASE WHEN l.id IS NULL THEN 'res.partner' ELSE 'crm.lead' END,
               coalesce(l.id, p.id),
               CASE WHEN i % 10 < 4 THEN 'notification' WHEN i % 10 IN (6, 7) THEN 'email'
                    ELSE 'comment' END,
               CASE WHEN i % 10 < 6 THEN {note} ELSE {comment} END,
               CASE WHEN i % 10 < 4 THEN {robot} WHEN i % 10 IN (6, 7) THEN p.id ELSE seller.id END,
               CASE WHEN i % 10 IN (6, 7) THEN p.email ELSE seller.email END,
               '<' || i || '@bench.example.com>', false,
               CASE WHEN i % 10 IN (6, 7) THEN 1 ELSE {user} + i % {users} END,
               sent.at, 1, sent.at
          FROM generate_series(1, 5 * {n}) i
     LEFT JOIN crm_lead l ON i % 5 < 2
               AND l.id = {lead} + 1 + (i::bigint * 104729) % ({n} / 2)
          JOIN res_partner p
               ON p.id = coalesce(l.partner_id, {partner} + 1 + (i::bigint * 15485863) % {n})
          JOIN res_users u ON u.id = {user} + i % {users}
          JOIN res_partner seller ON seller.id = u.partner_id
         CROSS JOIN LATERAL (
               SELECT now() - ((5 * {n} - i) * {seconds} / (5.0 * {n})) * interval '1 second'
               ) sent(at)
    """,
    "mail_notification": """
        INSERT INTO mail_notification (
            mail_message_id, res_partner_id, notification_type, notification_status, is_read)
        SELECT m.id, coalesce(l.partner_id, m.res_id), 'email', 'sent', true
          FROM mail_message m
     LEFT JOIN crm_lead l ON m.model = 'crm.lead' AND l.id = m.res_id
         WHERE m.id > {message} AND m.message_type = 'comment' AND m.subtype_id = {comment}
    """,
    "mail_activity": """
        INSERT INTO mail_activity (
            id, res_model_id, res_model, res_id, res_name, activity_type_id, user_id, summary,
            date_deadline, date_done, active, automated, create_uid, create_date, write_uid,
            write_date)
        SELECT {activity} + i, model.id, model.model,
               CASE WHEN i % 2 = 0 THEN {lead} + 1 + (i::bigint * 7919) % ({n} / 2)
                    ELSE {partner} + 1 + (i::bigint * 7919) % {n} END,
               'Document ' || i, {call}, {user} + i % {users}, 'Call ' || i,
               due.at::date, CASE WHEN i % 4 < 2 THEN due.at::date END, i % 4 >= 2, false,
               {user} + i % {users}, due.at, {user} + i % {users}, due.at
          FROM generate_series(1, {n} / 2) i
          JOIN ir_model model
               ON model.model = CASE WHEN i % 2 = 0 THEN 'crm.lead' ELSE 'res.partner' END
         CROSS JOIN LATERAL (
               SELECT now() - (({n} / 2 - i) * {seconds} / ({n} / 2.0)) * interval '1 second'
               ) due(at)
    """,
    "calendar_event": """
        INSERT INTO calendar_event (
            id, name, start, stop, duration, user_id, active, show_as, privacy, allday,
            create_uid, create_date, write_uid, write_date)
        SELECT {event} + i, 'Meeting ' || i, begun.at, begun.at + interval '1 hour', 1,
               {user} + i % {users}, true, 'busy', 'public', false,
               {user} + i % {users}, begun.at, 1, begun.at
          FROM generate_series(1, {n} * 3 / 10) i
         CROSS JOIN LATERAL (
               SELECT now() - (({n} * 3 / 10 - i) * {seconds} / ({n} * 0.3)) * interval '1 second'
               ) begun(at)
    """,
    "calendar_attendee": """
        INSERT INTO calendar_attendee (event_id, partner_id, state, create_date, write_date)
        SELECT e.id, {partner} + 1 + (e.id::bigint * 7919) % {n}, 'accepted', e.start, e.start
          FROM calendar_event e WHERE e.id > {event}
    """,
}
# The client that is looked at has a history longer than a page, and people.
BUSY = """
    UPDATE mail_message SET res_id = {partner} + 5, model = 'res.partner'
     WHERE id IN (SELECT {message} + 1 + (i::bigint * 49999) % (5 * {n})
                    FROM generate_series(1, 200) i)
"""
TABLES = {
    "partner": "res_partner",
    "lead": "crm_lead",
    "message": "mail_message",
    "activity": "mail_activity",
    "event": "calendar_event",
}


def statements(size: int, ids: dict[str, int]) -> Iterator[str]:
    """The SQL that fills a database.

    :param size: N, a multiple of 10
    :param ids: what comes before ours: the highest id of each of ``TABLES``, and the ids
        ``user`` (the first of ``USERS`` in a row), ``note``, ``comment``, ``call``, ``robot``
    """
    if size < 1000 or size % 10:
        raise ValueError(f"N={size}: a multiple of 10, at least 1000")
    values = {
        **ids,
        "n": size,
        "users": USERS,
        "seconds": YEARS * YEAR_SECONDS,
        "lead_years": LEAD_YEARS,
        "lead_seconds": LEAD_YEARS * YEAR_SECONDS,
    }
    for sql in (*STATEMENTS.values(), BUSY):
        yield sql.format(**values)
    for table in STATEMENTS:
        yield f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"
