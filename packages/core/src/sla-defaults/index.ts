// What is usual on a channel, without the verbs about policies: so inboxes can bring it along.
export { CHANNEL_DEFAULTS, type ChannelDefault } from "./channel-defaults.ts";
export { makeDefaultPolicy, nameOfDefault } from "./make-default-policy.ts";
export { promiseChannelDefault } from "./promise-channel-default.ts";
