import type { KamailioOptions } from '../kamailio-config.js';
import type { LabOptions } from '../lab.js';
import type { PhoneOptions } from '../phone-options.js';
import type { SoftphoneOptions } from '../softphone.js';
import type { Host } from '../topology.js';

/**
 * Where a capture is taken; the file is `<place>.pcap`, or `.pcapng` where a probe saved it. `wan`: the outer side of the
 * site's router, behind its NAT.
 */
export type Place = 'phone' | 'wan' | 'proxy' | 'server';

/** What a report on one place has to say; `null` as the report's JSON has it. */
export interface Verdict {
	readonly outcome: string;
	readonly cause: string | null;
	readonly finalStatus: number | null;
	/** Ids of other findings that it has to name, with an account or without: of the phone or of the whole capture. */
	readonly finds?: readonly string[];
	/** The cause where the account is given and proves more. */
	readonly causeWithAccount?: string;
	/** The other registrations of the capture, in the order of the report. */
	readonly others?: readonly Pick<Verdict, 'outcome' | 'cause'>[];
}

/** `exit: 2` where no REGISTER got that far: an empty capture is a result. */
export type PlaceTruth = Verdict | { readonly exit: 2 };

export interface Account {
	readonly username: string;
	readonly password: string;
	readonly realm?: string;
}

/** A claim about a capture, checked with tshark when it is recorded. */
export interface Shown {
	readonly place: Place;
	/** In words, for `truth.json`. */
	readonly says: string;
	/** tshark display filter. */
	readonly filter: string;
	/** How many frames it shows; undefined: at least one. */
	readonly frames?: number;
}

/** A command run on a host, this long after the phone has started. */
export interface Event {
	readonly afterMs: number;
	readonly host: Host;
	readonly command: readonly [string, ...string[]];
	readonly stdin?: string;
}

/** In place of a phone: sipdoctor probes with these arguments, and what it saves is what the phone's place shows. */
export interface ProbeOptions {
	readonly probe: readonly string[];
}

/** One incident: what is set up, what the phone does, and what a report has to say of it. */
export interface Scenario {
	readonly name: string;
	/** One line for the table of captures. */
	readonly says: string;
	/** The same without the fault, or the fault that this healthy one must not be taken for. */
	readonly twin?: string;
	readonly lab: LabOptions;
	readonly phone: PhoneOptions | ProbeOptions | SoftphoneOptions;
	/** Run one after the other before anything is captured. */
	readonly prepare?: readonly Omit<Event, 'afterMs'>[];
	/** A phone that registers before anything is captured. */
	readonly before?: PhoneOptions;
	/** Other phones at the same place, each on a port of its own, this long after the phone has started. */
	readonly beside?: readonly { readonly afterMs: number; readonly phone: PhoneOptions }[];
	/** What befalls a host after the phone has started. */
	readonly events?: readonly Event[];
	/** The final statuses that the phone itself must see, one a transaction; none of a probe or a softphone. */
	readonly statuses: readonly (number | 'timeout' | 'error')[];
	readonly accounts: readonly Account[];
	readonly truth: Readonly<Partial<Record<Place, PlaceTruth>>>;
	readonly shows: readonly Shown[];
	/** Where it lasts longer than a minute or two. */
	readonly lastsMs?: number;
}

export const PASSWORD = 's3cret-lab';
export const DOMAIN = 'pbx.example.com';
export const ACCOUNT: Account = { username: '1001', password: PASSWORD, realm: DOMAIN };
export const USER = { username: '1001', password: PASSWORD } as const;
export const PHONE: PhoneOptions = { user: '1001', password: PASSWORD, domain: DOMAIN };

export const REGISTERED: Verdict = { outcome: 'registered', cause: null, finalStatus: 200 };

export function rejected(cause: string, finalStatus: number): Verdict {
	return { outcome: 'rejected', cause, finalStatus };
}

export function failed(outcome: 'unanswered' | 'unreachable', cause: string): Verdict {
	return { outcome, cause, finalStatus: null };
}

/** The challenge left the server and never arrived: from there the last final is the 401 (design, outcome). */
export function unheard(cause: string): Verdict {
	return { outcome: 'challenged', cause, finalStatus: 401 };
}

/** tshark shows SIP quoted inside ICMP as well; those frames are no messages. */
const REGISTER = 'sip.Method == "REGISTER" && !icmp';

/** A packet filter that a host gets all of a sudden. */
export function filterAt(afterMs: number, host: Host, ruleset: string): Event {
	return { afterMs, host, command: ['nft', '-f', '-'], stdin: ruleset };
}

export function registers(place: Place, frames?: number): Shown {
	const shown = { place, says: 'REGISTERs', filter: REGISTER };
	return frames === undefined ? shown : { ...shown, frames };
}

export function answers(place: Place, status: number, frames?: number): Shown {
	const filter = `sip.Status-Code == ${status} && !icmp`;
	const shown = { place, says: `${status} answers`, filter };
	return frames === undefined ? shown : { ...shown, frames };
}

export function noAnswer(place: Place): Shown {
	return { place, says: 'answers of any kind', filter: 'sip.Status-Code && !icmp', frames: 0 };
}

export function shown(place: Place, says: string, filter: string, frames?: number): Shown {
	return frames === undefined ? { place, says, filter } : { place, says, filter, frames };
}

/** Where the capture of a place is taken: behind a proxy, or in the site, the registrar is the upstream host. */
export function hostOf(scenario: Scenario, place: Place): Host {
	if (place === 'phone') return 'phone';
	if (place === 'wan') return 'router';
	const isBehind = scenario.truth.proxy !== undefined || scenario.lab.upstreamInSite === true;
	return place === 'server' && isBehind ? 'upstream' : 'server';
}

export function fileOf(scenario: Scenario, place: Place): string {
	return place === 'phone' && 'probe' in scenario.phone ? 'phone.pcapng' : `${place}.pcap`;
}

/** The plain registrar: one user, everything else as Kamailio has it. */
export const REGISTRAR: KamailioOptions = { users: [USER] };

/** The same verdict, with other findings that it has to name. */
export function finding(verdict: Verdict, ...finds: readonly string[]): Verdict {
	return { ...verdict, finds };
}

/** The same truth at both ends. */
export function both(verdict: Verdict): Scenario['truth'] {
	return { phone: verdict, server: verdict };
}

/** The same truth at both ends, and outside of the site's router. */
export function everywhere(verdict: Verdict): Scenario['truth'] {
	return { phone: verdict, wan: verdict, server: verdict };
}
