/* Messages that are counted: one that the capture has itself and in reports of agents is one. */
import { sameEndpoint } from '../net/endpoint.js';
import { isReported } from './hep-report.js';
import type { Observed } from './observed.js';

/** A report comes right behind its message: among so many of the latest it is looked for. */
const MAX_LATEST = 64;
/** Of the agents that report one message so many are told apart; nobody has more, unless it is to fill memory. */
const MAX_AGENTS = 16;

interface Counted {
	readonly observed: Observed;
	hasPacket: boolean;
	readonly agents: string[];
}

export class CountedMessages {
	/** A ring. */
	readonly #latest: Counted[] = [];
	#next = 0;
	#hasReports = false;

	/** False where it was counted before, as somebody reported it or as it is what was reported. */
	isNew(observed: Observed): boolean {
		const [agent] = observed.packet.reports?.agents ?? [];
		this.#hasReports ||= agent !== undefined;
		const known = this.#hasReports
			? this.#latest.find((one) => isOther(one, agent) && isSame(one.observed, observed))
			: undefined;
		if (known === undefined) {
			const agents = agent === undefined ? [] : [agent];
			this.#latest[this.#next] = { observed, hasPacket: !isReported(observed), agents };
			this.#next = (this.#next + 1) % MAX_LATEST;
			return true;
		}
		if (agent === undefined) known.hasPacket = true;
		else known.agents.push(agent);
		return false;
	}
}

/** True where it was not yet seen by this agent, or not yet itself. */
function isOther({ hasPacket, agents }: Counted, agent: string | undefined): boolean {
	if (agent === undefined) return !hasPacket;
	return agents.length < MAX_AGENTS && !agents.includes(agent);
}

function isSame(a: Observed, b: Observed): boolean {
	return (
		a.message.wire === b.message.wire && sameEndpoint(a.src, b.src) && sameEndpoint(a.dst, b.dst)
	);
}
