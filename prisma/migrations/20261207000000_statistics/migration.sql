-- Autovacuum samples these again and again, at a second of a core and more on a busy table: they are long, and to tell their
-- values apart they are compared whole, arrays by their elements. No statement is planned by what stands in them.
alter table event alter column data set statistics 0, alter column cause set statistics 0;
alter table message alter column content set statistics 0;
alter table message_understanding alter column entities set statistics 0;
alter table raw_webhook_event alter column body set statistics 0;
alter table outbox alter column payload set statistics 0;
alter table ai_skipped_rules alter column rule_ids set statistics 0, alter column details set statistics 0;
alter table ai_rule_execution alter column failing set statistics 0;
alter table ai_action_receipt alter column effect set statistics 0;
