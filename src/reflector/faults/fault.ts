import type { SipRequest } from '../../sip/message.js';
import type { RegistrarAnswer } from '../registrar.js';
import type { Reply } from '../reply.js';

/** What a fault sees of one REGISTER. */
export interface FaultContext extends RegistrarAnswer {
	readonly request: SipRequest;
	readonly hasCredentials: boolean;
	/** From 1: the how-many-th REGISTER this is. */
	readonly number: number;
}

/** One fault to play; every request but REGISTER is answered honestly, unless `everything`. */
export interface Fault {
	readonly name: string;
	/** One line: what the phone meets. */
	readonly explanation: string;
	/** The diagnosis that analyze and probe should give; undefined where a good phone registers all the same. */
	readonly leadsTo: string | undefined;
	/** What a probe says instead: its password is what is tested, so it takes none for right. */
	readonly inProbe?: string;
	/** Asks for credentials even without accounts; nobody gets past it then. */
	readonly needsChallenge?: boolean;
	/** Shows itself only to those who know a password. */
	readonly needsAccounts?: boolean;
	/** Holds for other requests too. */
	readonly everything?: boolean;
	/** What is answered in place of the honest reply; nothing is silence. */
	readonly play: (context: FaultContext) => readonly Reply[];
}
