/* Room for the exchanges that are going on; that of one that is let go is used again for others of its form. */
import { clearExchange, freeExchange, isRoomFor, newExchange } from './exchange';
import { EXCHANGE_NEXT, TEMPLATE_FREE, TEMPLATE_MESSAGES, TEMPLATE_VALUES } from './layout';

/** Exchanges that are going on at one time; of more each is told. */
const MAX_GOING_ON: i32 = 1_024;

let goingOn: i32 = 0;

/** For an exchange of about `size` bytes that begins; 0 where too many are going on. */
export function takeRoom(template: i32, size: i32): i32 {
	if (goingOn >= MAX_GOING_ON) return 0;
	goingOn += 1;
	const free = load<i32>(template + TEMPLATE_FREE);
	if (free !== 0) {
		store<i32>(template + TEMPLATE_FREE, load<i32>(free + EXCHANGE_NEXT));
		if (isRoomFor(free, size)) {
			clearExchange(free);
			return free;
		}
		freeExchange(free);
	}
	return newExchange(
		size,
		load<i32>(template + TEMPLATE_MESSAGES),
		load<i32>(template + TEMPLATE_VALUES),
	);
}

/** What was going on is over: `free`, where it is not 0, is not needed any more. */
export function leaveRoom(template: i32, free: i32): void {
	goingOn -= 1;
	if (free === 0) return;
	store<i32>(free + EXCHANGE_NEXT, load<i32>(template + TEMPLATE_FREE));
	store<i32>(template + TEMPLATE_FREE, free);
}
