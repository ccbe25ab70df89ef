/* Where what is kept lies in memory. Offsets in bytes; an address of 0 is none. */

/** A flow: its key, when it was seen last, and what its next message is held against. */
export const FLOW_ADDRESS_BYTES: i32 = 0;
/** The client's, then the server's, as they stand in a request. */
export const FLOW_PORTS: i32 = 4;
export const FLOW_CLIENT: i32 = 8;
export const FLOW_SERVER: i32 = 24;
export const FLOW_LAST_AT: i32 = 40;
export const FLOW_TEMPLATE: i32 = 48;
/** The exchange that is alike. */
export const FLOW_BEFORE: i32 = 52;
/** The exchange that is going on. */
export const FLOW_CURRENT: i32 = 56;
/** Of each message what its digest is made of; 0 where no digest is verified. */
export const FLOW_DIGESTS: i32 = 60;
/** Pauses between which the next exchange may be alike: the shortest and the longest. */
export const FLOW_SHORTEST: i32 = 64;
export const FLOW_LONGEST: i32 = 72;
/** Flows are numbered in the order in which they were made. */
export const FLOW_NUMBER: i32 = 80;
/** Complete exchanges that are held: the oldest, how many there are, and how many there may be. */
export const FLOW_OLDEST: i32 = 84;
export const FLOW_HELD: i32 = 88;
export const FLOW_MAX_HELD: i32 = 92;
/** How many were let go. */
export const FLOW_LET_GO: i32 = 96;
/** What their times are noted as; 0 where they are asked for one by one. */
export const FLOW_NOTED_AS: i32 = 100;
export const FLOW_SIZE: i32 = 104;

/** What a digest is made of: whether it is to be right, the lengths of what is before and behind what is made anew. */
export const DIGEST_IS_RIGHT: i32 = 0;
/** Whether nonce count and cnonce are in it. */
export const DIGEST_HAS_COUNT: i32 = 4;
export const DIGEST_BEFORE: i32 = 8;
export const DIGEST_BEHIND: i32 = 12;
export const DIGEST_BYTES: i32 = 16;

/** An exchange: its numbers, and behind them the facts and places of its messages, its values, and its bytes. */
export const EXCHANGE_COUNT: i32 = 0;
/** Where the next frame will lie. */
export const EXCHANGE_USED: i32 = 4;
/** Behind its bytes. */
export const EXCHANGE_LIMIT: i32 = 8;
export const EXCHANGE_MESSAGES: i32 = 12;
export const EXCHANGE_BYTES: i32 = 16;
/** The next one that is free, or the one behind it that is held. */
export const EXCHANGE_NEXT: i32 = 20;
/** Of each message: number of the frame and time. */
export const EXCHANGE_FACTS: i32 = 24;
export const FACTS_SIZE: i32 = 16;
/** Eight messages have their places behind their facts. */
export const MAX_MESSAGES: i32 = 8;
export const EXCHANGE_PLACES: i32 = EXCHANGE_FACTS + MAX_MESSAGES * FACTS_SIZE;
export const PLACE_FRAME: i32 = 0;
export const PLACE_PAYLOAD: i32 = 4;
export const PLACE_PAYLOAD_END: i32 = 8;
export const PLACE_FRAME_END: i32 = 12;
export const PLACE_LINK_TYPE: i32 = 16;
export const PLACE_INTERFACE: i32 = 20;
export const PLACE_SIZE: i32 = 24;
/** Of each value: its start, and behind its end. */
export const EXCHANGE_VALUES: i32 = EXCHANGE_PLACES + MAX_MESSAGES * PLACE_SIZE;
export const VALUE_SIZE: i32 = 8;

/** A copy of a frame that was told: its size, where its message lies in it, and what else is known of it. */
export const COPY_SIZE: i32 = 0;
/** Offsets in the frame. */
export const COPY_PAYLOAD: i32 = 4;
export const COPY_PAYLOAD_END: i32 = 8;
export const COPY_LINK_TYPE: i32 = 12;
export const COPY_INTERFACE: i32 = 16;
export const COPY_NUMBER: i32 = 24;
export const COPY_AT: i32 = 32;
export const COPY_BYTES: i32 = 40;

/** A template: how many messages it has, and behind its numbers what each message and each value must be. */
export const TEMPLATE_MESSAGES: i32 = 0;
export const TEMPLATE_LAST_REQUEST: i32 = 4;
/** The last request with credentials. */
export const TEMPLATE_LAST_DIGEST: i32 = 8;
export const TEMPLATE_VALUES: i32 = 12;
/** The first of the exchanges of its form that are free. */
export const TEMPLATE_FREE: i32 = 16;
export const TEMPLATE_STEPS: i32 = 24;
export const STEP_IS_REQUEST: i32 = 0;
/** The numbers of its values: from, and behind the last. */
export const STEP_FROM: i32 = 4;
export const STEP_TO: i32 = 8;
/** Numbers of values; -1 where there is none. */
export const STEP_CALL_ID: i32 = 12;
export const STEP_CSEQ: i32 = 16;
export const STEP_NONCE: i32 = 20;
export const STEP_NC: i32 = 24;
export const STEP_CNONCE: i32 = 28;
export const STEP_RESPONSE: i32 = 32;
/** The request before it; -1 for the first. */
export const STEP_ASKED: i32 = 36;
/** The message that it follows at once; -1 for the first. */
export const STEP_AFTER: i32 = 40;
export const STEP_SIZE: i32 = 44;
/** Byte that the value ends at; 0 for any separator. */
export const FORM_END: i32 = 0;
/** The first value of its kind that it equals; -1 where it is new. */
export const FORM_SAME: i32 = 4;
/** 1 where it ends as that one does. */
export const FORM_IS_ECHO: i32 = 8;
/** Numbers of the values that it must not equal: how many, and where they lie. */
export const FORM_OTHERS: i32 = 12;
export const FORM_OTHERS_AT: i32 = 16;
export const FORM_SIZE: i32 = 20;
