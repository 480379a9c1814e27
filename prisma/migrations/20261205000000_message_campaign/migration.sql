-- Messages that are part of a campaign, and what their contacts count under in it.
alter table message
  add column campaign text,
  add column campaign_recipient_id uuid;

alter table message
  add constraint message_campaign check (
    (campaign is null) = (campaign_recipient_id is null)
    and (campaign is null
         or char_length(campaign) between 1 and 100 and direction = 'OUTBOUND' and not is_internal));

-- Most messages are of no campaign, and do not stand in it.
create index message_campaign_idx on message (tenant_id, campaign, id) where campaign is not null;
