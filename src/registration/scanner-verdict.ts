/* When an address is called a scanner: from what no phone does, else from numbers that no site has. */
import { isDoubtfulTool, type ScannerKind } from './scanner.js';
import type { Suspect } from './scanner-suspect.js';

/** Addresses-of-record that nobody asks for one after the other, and leaves alone once they are challenged. */
const MANY_UNAUTHENTICATED = 20;
/** And with credentials or refused outright: a trunk with as many lines and one wrong password would be rare. */
const MANY_AORS = 100;
/** A phone that is refused comes back, in the call that it had; a scanner goes on to the next name, or to a new call. */
const TRIES_PER_AOR = 4;
const RETURNS_PER_AOR = 2;
/** With a tell-tale Contact or User-Agent fewer do. */
const MARKED_AORS = 3;
const MARKED_CALLS = 10;
/** A phone has a server or three. */
const MANY_SERVERS = 8;
/** Refused credentials for one address-of-record within the window, under as many Call-IDs. */
const MANY_GUESSES = 40;
const MANY_USERNAMES = 10;
/** Different responses to one question: different passwords. */
const OTHER_PASSWORDS = 5;

export interface Verdict {
	readonly kind: ScannerKind;
	readonly because: string;
	/** From numbers alone. */
	readonly isTentative?: true;
}

/** What is known of it by now; undefined where it may be phones. */
export function verdictOn(suspect: Suspect): Verdict | undefined {
	return guessingBy(suspect) ?? enumerationBy(suspect);
}

/** The same names come again as phones do: it was a site, or a server with many lines. */
export function isWithdrawn(suspect: Suspect, { isTentative }: Verdict): boolean {
	return isTentative === true && comesBack(suspect);
}

function guessingBy({ usernames, guesses, guessCalls, responses }: Suspect): Verdict | undefined {
	if (responses.length >= OTHER_PASSWORDS)
		return guessing(`it answered one challenge with ${responses.length} different passwords`);
	if (usernames.length >= MANY_USERNAMES)
		return guessing(`it tried ${usernames.length} usernames on one address-of-record in a minute`);
	if (guesses >= MANY_GUESSES && guessCalls.length >= MANY_GUESSES / 2)
		return guessing(
			`it was refused ${guesses} sets of credentials for one address-of-record in a minute, each in a call of its own`,
		);
	return undefined;
}

function guessing(because: string): Verdict {
	return { kind: 'guessing', because };
}

function enumerationBy(suspect: Suspect): Verdict | undefined {
	const { aors, callIds, marked, userAgent, isProxy } = suspect;
	if (isProxy) return undefined;
	const isMarked = marked > 0 && marked === suspect.transactions;
	if (isMarked && (aors.size >= MARKED_AORS || callIds.length >= MARKED_CALLS))
		return enumeration(
			`${aors.size} addresses-of-record in ${callIds.length} calls, each with a Contact at the server's own address`,
		);
	const { elsewhere, transactions, refused, servers } = suspect;
	if (elsewhere === transactions && aors.size >= MANY_UNAUTHENTICATED && refused >= aors.size)
		return enumeration(
			`${aors.size} addresses-of-record, each with a Contact at one address that is not its own, all refused`,
		);
	if (servers.length >= MANY_SERVERS && suspect.answered >= MANY_SERVERS)
		return enumeration(`it asked ${servers.length} different servers, and none took it`);
	if (isDoubtfulTool(userAgent) && aors.size >= MARKED_AORS && refused >= MARKED_AORS)
		return enumeration(`it names itself and was refused for ${aors.size} addresses-of-record`);
	return enumerationByNumbers(suspect);
}

/** One that shows nothing but how many names it has. Phones of one site have each its own address to be called at. */
function enumerationByNumbers(suspect: Suspect): Verdict | undefined {
	const { aors, windowAors, refused, contactHosts, transactions } = suspect;
	if (contactHosts.length > 2 || comesBack(suspect)) return undefined;
	if (transactions > TRIES_PER_AOR * aors.size) return undefined;
	const isUnauthenticated =
		suspect.withCredentials === 0 && suspect.challenges >= MANY_UNAUTHENTICATED;
	if (isUnauthenticated && windowAors > MANY_UNAUTHENTICATED)
		return tentative(
			`${windowAors} addresses-of-record within a minute, and no challenge was ever answered`,
		);
	if (windowAors >= MANY_AORS && refused >= MANY_AORS)
		return tentative(`${windowAors} addresses-of-record within a minute, all refused`);
	return undefined;
}

function enumeration(because: string): Verdict {
	return { kind: 'enumeration', because };
}

function tentative(because: string): Verdict {
	return { kind: 'enumeration', because, isTentative: true };
}

function comesBack({ returns, aors }: Suspect): boolean {
	return returns >= RETURNS_PER_AOR * aors.size;
}
