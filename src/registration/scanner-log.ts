/*
 * Scanners and guessers of passwords among those who send REGISTERs, in a table of bounded size. Whoever ever got a 2xx
 * is somebody's phone, or the NAT in front of some; only a tool that names itself, and one that gave itself away by its
 * passwords, stay what they are.
 */
import { detached } from '../bytes/detached.js';
import type { SipRequest } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';
import type { RegisterTransaction } from './registration.js';
import { ScannedRegister, userAgentIn } from './scanned-register.js';
import {
	isAttackTool,
	isOfAttackTool,
	type ScannerSource,
	type ScannerTraffic,
} from './scanner.js';
import {
	type Asked,
	copySuspect,
	makeSuspect,
	type Suspect,
	scannerSource,
	watch,
	watchOther,
} from './scanner-suspect.js';

const MAX_SUSPECTS = 20_000;
const MAX_HONEST = 200_000;
/** User-Agents of one address that are told apart; whoever has more makes them up. */
const MAX_USER_AGENTS = 8;
/** Scanners that are listed; the others are counted. */
const MAX_LISTED = 100;
/** The key of those beyond `MAX_USER_AGENTS`; no User-Agent has a line end. */
const OTHERS = '\n';

/** The scanners of several sources; those that two of them show are told twice, as each shows frames of its own. */
export function joinedTraffic(all: readonly ScannerTraffic[]): ScannerTraffic {
	const others = all.reduce(
		(sum, traffic) => ({
			sources: sum.sources + traffic.others.sources,
			registers: sum.registers + traffic.others.registers,
			requests: sum.requests + traffic.others.requests,
		}),
		{ sources: 0, registers: 0, requests: 0 },
	);
	const found = all.flatMap(({ sources }) => sources);
	return listed(
		found.toSorted((a, b) => b.registers - a.registers || a.first.at - b.first.at),
		others,
	);
}

/** `gone` are those that were counted before. */
function listed(found: readonly ScannerSource[], gone: ScannerTraffic['others']): ScannerTraffic {
	const unlisted = found.slice(MAX_LISTED);
	return {
		sources: found.slice(0, MAX_LISTED),
		others: {
			sources: gone.sources + unlisted.length,
			registers: gone.registers + registersOf(unlisted),
			requests: gone.requests + otherRequestsOf(unlisted),
		},
	};
}

export class ScannerLog {
	/** Address → User-Agent → what it did. */
	readonly #suspects = new Map<string, Map<string, Suspect>>();
	/** Addresses of phones. */
	readonly #honest = new Set<string>();
	#size = 0;
	/** Scanners that had to make room. */
	#gone = { sources: 0, registers: 0, requests: 0 };

	/** Another one that knows the same, to be gone on with while this one stays as it is. */
	copy(): ScannerLog {
		const other = new ScannerLog();
		for (const [address, agents] of this.#suspects) {
			const copies = [...agents].map(([agent, one]) => [agent, copySuspect(one)] as const);
			other.#suspects.set(address, new Map(copies));
		}
		for (const address of this.#honest) other.#honest.add(address);
		other.#size = this.#size;
		other.#gone = { ...this.#gone };
		return other;
	}

	/** Takes the next transaction; true where it is a scanner's, and no registration. `read` is of its REGISTER. */
	add(
		transaction: RegisterTransaction,
		read = new ScannedRegister(transaction.phone.request.message.wire),
	): boolean {
		const { final, client } = transaction.phone;
		const { address } = client;
		const { userAgent } = read;
		if (!isAttackTool(userAgent)) {
			if (this.#honest.has(address)) return false;
			const isAccepted = final !== undefined && final.message.statusCode < 300;
			if (isAccepted && !this.#isGuesser(address)) {
				this.#acquit(address);
				return false;
			}
		}
		const suspect = this.#suspectOf(transaction.phone, userAgent);
		watch(suspect, transaction, read);
		return suspect.verdict !== undefined;
	}

	/** Whether a phone registered from there: what else it sends is not looked at, but of tools. */
	isHonest(address: string): boolean {
		return this.#honest.has(address);
	}

	/** Takes a request other than REGISTER; true where a tool sent it that names itself. */
	addOther(request: Observed<SipRequest>): boolean {
		const { wire } = request.message;
		if (!isOfAttackTool(wire)) return false;
		const { src: client, dst: server, transport } = request;
		const asked = { request, client, server, transport };
		watchOther(this.#suspectOf(asked, userAgentIn(wire)), request);
		return true;
	}

	/** Whether it is a scanner's, as far as is known by now. */
	has({ phone }: RegisterTransaction): boolean {
		const userAgent = userAgentIn(phone.request.message.wire);
		if (isAttackTool(userAgent)) return true;
		const agents = this.#suspects.get(phone.client.address);
		return (agents?.get(userAgent ?? '') ?? agents?.get(OTHERS))?.verdict !== undefined;
	}

	/** The scanners, the busiest first. */
	traffic(): ScannerTraffic {
		const found = [...this.#suspects.values()]
			.flatMap((agents) => [...agents.values()])
			.flatMap((suspect) => scannerSource(suspect) ?? [])
			.toSorted((a, b) => b.registers - a.registers || a.first.at - b.first.at);
		return listed(found, this.#gone);
	}

	/** Addresses from which nothing but scanning came. */
	addresses(): ReadonlySet<string> {
		const all = [...this.#suspects].filter(([, agents]) =>
			[...agents.values()].every(({ verdict }) => verdict !== undefined),
		);
		return new Set(all.map(([address]) => address));
	}

	#suspectOf(asked: Asked, userAgent: string | undefined): Suspect {
		const { address } = asked.client;
		const agents = this.#suspects.get(address) ?? new Map<string, Suspect>();
		const own = userAgent ?? '';
		const key = agents.has(own) || agents.size < MAX_USER_AGENTS ? own : OTHERS;
		const known = agents.get(key);
		if (known !== undefined) return known;
		const suspect = makeSuspect(asked, key === OTHERS ? undefined : userAgent);
		// The map is of those heard of lately: a part of the message in a key would keep all of it alive.
		this.#suspects.set(suspect.address, agents);
		agents.set(key === OTHERS ? OTHERS : detached(own), suspect);
		this.#size += 1;
		if (this.#size > MAX_SUSPECTS) this.#makeRoom(suspect.address);
		return suspect;
	}

	#isGuesser(address: string): boolean {
		const agents = this.#suspects.get(address)?.values() ?? [];
		return [...agents].some(({ verdict }) => verdict?.kind === 'guessing');
	}

	/** A phone registered from there: what looked odd was the site behind its NAT. Tools stay tools. */
	#acquit(address: string): void {
		const agents = this.#suspects.get(address);
		if (agents !== undefined) {
			for (const [agent, { verdict }] of agents) {
				if (verdict?.kind === 'tool') continue;
				agents.delete(agent);
				this.#size -= 1;
			}
			if (agents.size === 0) this.#suspects.delete(address);
		}
		this.#honest.add(address);
		if (this.#honest.size <= MAX_HONEST) return;
		for (const oldest of this.#honest) {
			this.#honest.delete(oldest);
			return;
		}
	}

	/** Lets go of the address that has been known longest, but of the one given. */
	#makeRoom(except: string): void {
		for (const [address, agents] of this.#suspects) {
			if (address === except) continue;
			const scanners = [...agents.values()].flatMap((one) => scannerSource(one) ?? []);
			this.#gone.sources += scanners.length;
			this.#gone.registers += registersOf(scanners);
			this.#gone.requests += otherRequestsOf(scanners);
			this.#size -= agents.size;
			this.#suspects.delete(address);
			return;
		}
	}
}

function registersOf(sources: readonly ScannerSource[]): number {
	return sources.reduce((sum, { registers }) => sum + registers, 0);
}

function otherRequestsOf(sources: readonly ScannerSource[]): number {
	return sources
		.flatMap(({ others }) => [...others.values()])
		.reduce((sum, count) => sum + count, 0);
}
