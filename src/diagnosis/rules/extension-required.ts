import { describeStatus, lastFinal } from '../../registration/attempt-facts.js';
import { headerValues, splitValues } from '../../sip/header-fields.js';
import type { SipMessage, SipRequest, SipResponse } from '../../sip/message.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'extension-required',
	severity: 'fatal',
	title: 'Phone and server do not agree on an extension of SIP',
	references: ['RFC 3261 §21.4.15', 'RFC 3261 §21.4.16', 'RFC 5626 §11.6', 'RFC 3327 §5.2'],
	explanation: {
		means:
			'420: the phone (or a proxy on the way) requires an extension that the server does not know. 421: the server requires one that the phone does not offer. 439: the phone asks for SIP Outbound and the first proxy does not do it. Nothing is wrong with account or network.',
		causes: [
			'path, outbound or gruu is switched on at one end only.',
			'A proxy adds Path, and the phone does not say Supported: path, which strict registrars ask for.',
			'An SBC takes Supported or Require out of the message.',
		],
		confirm:
			'Compare Unsupported (420) or Require (421) of the answer with Require, Proxy-Require and Supported of the REGISTER.',
		lookAlikes: [
			'421 with sec-agree, and 494, ask for a security agreement.',
			'A phone that comes back without the extension registers; then nothing is to be done.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Switch the extension named (outbound, path, gruu) off, or on where the server wants it.',
		},
		{
			who: 'registrar',
			what: 'Support the extension, or do not insist on it (Kamailio: path_mode and use_path).',
		},
	],
	check({ attempt }) {
		const final = lastFinal(attempt);
		const request = attempt.transactions.at(-1)?.phone.request;
		if (final === undefined || request === undefined) return SILENT;
		const found = disagreement(final.message, request.message);
		if (found === undefined) return SILENT;
		return {
			kind: 'fires',
			confidence: found.isSeen && !request.cut ? 'proven' : 'strong',
			summary: `${final.src.address} answers ${describeStatus(final)}: ${found.text}.`,
			evidence: inOrder(
				evidenceOf(request, found.asked, found.inRequest),
				evidenceOf(final, found.told, `${found.tags} (${describeStatus(final)})`),
			),
		};
	},
});

interface Disagreement {
	readonly text: string;
	readonly tags: string;
	readonly asked: string;
	readonly inRequest: string;
	readonly told: string;
	/** The REGISTER shows it as well. */
	readonly isSeen: boolean;
}

function disagreement(response: SipResponse, request: SipRequest): Disagreement | undefined {
	const { statusCode } = response;
	if (statusCode === 420) return unknownToServer(response, request);
	if (statusCode === 421) return missingAtPhone(response, request);
	if (statusCode !== 439) return undefined;
	const text = 'the first proxy does not do SIP Outbound, which the phone asks for with reg-id';
	return {
		...{ text, tags: 'no outbound', asked: 'Supported', told: 'Status', isSeen: true },
		inRequest: options(request, 'supported').join(', ') || 'none',
	};
}

function unknownToServer(response: SipResponse, request: SipRequest): Disagreement {
	const unsupported = options(response, 'unsupported');
	const required = [...options(request, 'require'), ...options(request, 'proxy-require')];
	const tags = unsupported.join(', ') || 'no Unsupported';
	const isSeen = unsupported.some((tag) => required.includes(tag));
	return {
		text: isSeen
			? `it does not know ${tags}, which the REGISTER requires`
			: `it does not know ${tags}, which somebody on the way requires`,
		...{ tags, asked: 'Require', told: 'Unsupported', isSeen },
		inRequest: required.join(', ') || 'none',
	};
}

function missingAtPhone(response: SipResponse, request: SipRequest): Disagreement | undefined {
	const required = options(response, 'require');
	if (required.includes('sec-agree')) return undefined;
	const supported = options(request, 'supported');
	const tags = required.join(', ') || 'no Require';
	return {
		text: `it requires ${tags}, and the phone supports ${supported.join(', ') || 'nothing it names'}`,
		...{ tags, asked: 'Supported', told: 'Require' },
		inRequest: supported.join(', ') || 'none',
		isSeen: required.some((tag) => !supported.includes(tag)),
	};
}

/** Option tags of a header field, in lower case. */
function options(message: SipMessage, id: string): readonly string[] {
	return headerValues(message, id)
		.flatMap(splitValues)
		.map((tag) => tag.toLowerCase());
}
