/* The complete exchanges of a flow that are held: the latest ones, in their order. */
import {
	EXCHANGE_NEXT,
	FLOW_BEFORE,
	FLOW_CURRENT,
	FLOW_HELD,
	FLOW_LET_GO,
	FLOW_MAX_HELD,
	FLOW_OLDEST,
	FLOW_TEMPLATE,
} from './layout';
import { leaveRoom } from './rooms';

/** Nothing is held of a flow, of whose exchanges so many will be. */
export function holdNone(flow: i32, most: i32): void {
	store<i32>(flow + FLOW_OLDEST, 0);
	store<i32>(flow + FLOW_HELD, 0);
	store<i32>(flow + FLOW_MAX_HELD, most);
	store<i32>(flow + FLOW_LET_GO, 0);
}

/** The exchange that is going on is complete: the next one is held against it, and one that is held is let go for it. */
export function keep(flow: i32): void {
	const current = load<i32>(flow + FLOW_CURRENT);
	leaveRoom(load<i32>(flow + FLOW_TEMPLATE), replaced(flow, current));
	store<i32>(flow + FLOW_BEFORE, current);
	store<i32>(flow + FLOW_CURRENT, 0);
}

/** What is let go for one more; 0 where there is room for it. */
function replaced(flow: i32, current: i32): i32 {
	const before = load<i32>(flow + FLOW_BEFORE);
	const held = load<i32>(flow + FLOW_HELD);
	if (held === 0) {
		store<i32>(flow + FLOW_OLDEST, current);
		store<i32>(flow + FLOW_HELD, 1);
		return before;
	}
	store<i32>(before + EXCHANGE_NEXT, current);
	if (held < load<i32>(flow + FLOW_MAX_HELD)) {
		store<i32>(flow + FLOW_HELD, held + 1);
		return 0;
	}
	const oldest = load<i32>(flow + FLOW_OLDEST);
	store<i32>(flow + FLOW_OLDEST, load<i32>(oldest + EXCHANGE_NEXT));
	store<i32>(flow + FLOW_LET_GO, load<i32>(flow + FLOW_LET_GO) + 1);
	return oldest;
}

/** How many complete exchanges are held. */
export function heldOf(flow: i32): i32 {
	return load<i32>(flow + FLOW_HELD);
}

/** The oldest of those that are held. */
export function oldestOf(flow: i32): i32 {
	return load<i32>(flow + FLOW_OLDEST);
}

/** The one that was held next; of the last one it is not known. */
export function nextOf(exchange: i32): i32 {
	return load<i32>(exchange + EXCHANGE_NEXT);
}

/** The one before the one that is going on: the latest that is held, or the one that was told at first. */
export function beforeOf(flow: i32): i32 {
	return load<i32>(flow + FLOW_BEFORE);
}

/** How many complete exchanges were let go. */
export function letGoOf(flow: i32): i32 {
	return load<i32>(flow + FLOW_LET_GO);
}
