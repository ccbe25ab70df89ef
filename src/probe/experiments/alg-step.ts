/* The `alg` step: of the answers of the run alone, or of the experiments where they were done. */
import { isPrivateAddress } from '../../net/address.js';
import { formatEndpoint } from '../../net/endpoint.js';
import { topVia } from '../../sip/headers/via.js';
import { quoted } from '../checklist.js';
import type { ProbeStep } from '../probe-step.js';
import type { Received } from '../register-session.js';
import { echoDifferences } from './echo.js';
import type { Experiment } from './experiment.js';

export function algStep(
	received: readonly Received[],
	experiments: readonly Experiment[],
): Pick<ProbeStep, 'state' | 'text'> {
	const about = experiments.filter(({ id }) => id === 'alg' || id === 'reflector');
	const proven = about.find(({ verdict }) => verdict === 'alg-proven');
	if (proven !== undefined) return { state: 'warning', text: proven.text };
	const passive = fromAnswers(received);
	// What an answer to the REGISTER itself proved, no other request disproves.
	if (passive.state === 'warning' || about.length === 0) return passive;
	const none = about.filter(({ verdict }) => verdict === 'no-alg');
	const told = none.length > 0 ? none : about;
	const text = told.map((one) => one.text).join('; ');
	return { state: none.length > 0 ? 'ok' : 'cannot-tell', text };
}

function fromAnswers(received: readonly Received[]): Pick<ProbeStep, 'state' | 'text'> {
	const compared = received.filter(({ request }) => request !== undefined);
	const [first] = compared;
	if (first === undefined) {
		return { state: 'cannot-tell', text: 'whether an ALG edits SIP is not known: no answer came' };
	}
	for (const { request, response, local } of compared) {
		if (request === undefined) continue;
		const edited = echoDifferences(request, response, local.address).find(({ onlyAlg }) => onlyAlg);
		if (edited === undefined) continue;
		const { field, sent, came } = edited;
		return {
			state: 'warning',
			text: `an ALG edits SIP: ${field} was sent as ${quoted(sent)} and came back as ${quoted(came)}`,
		};
	}
	const restored = compared.find(isReceivedPrivate);
	if (restored !== undefined) {
		const { local, remote } = restored;
		return {
			state: 'cannot-tell',
			text: `the answers of ${formatEndpoint(remote)} say that it saw the private address ${local.address}: an ALG, or a way without NAT (VPN); --alg tells which`,
		};
	}
	const count = compared.length === 1 ? 'the answer' : `all ${compared.length} answers`;
	return {
		state: 'ok',
		text: `no sign of an ALG: Via, From, To, Call-ID and CSeq of ${count} came back as they were sent; --alg looks closer`,
	};
}

/** A public server that says it saw a private address (nf_nat_sip puts it back in). */
function isReceivedPrivate({ response, local, remote }: Received): boolean {
	if (isPrivateAddress(remote.address) || !isPrivateAddress(local.address)) return false;
	return topVia(response)?.received === local.address;
}
