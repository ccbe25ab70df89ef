import { describeStatus, lastFinal, serverWords } from '../../registration/attempt-facts.js';
import { hasAuthorization, imsSign } from '../../registration/ims.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'ims-forbidden',
	severity: 'fatal',
	title: 'The IMS forbids the registration before it challenges the SIM',
	references: ['RFC 3261 §21.4.4', 'RFC 3261 §10.3'],
	explanation: {
		means:
			'The first REGISTER to the IMS names its private identity as it should, and a 403 comes in place of a challenge. The I-CSCF asked the HSS, and the HSS does not let this subscriber register here. No key and no password were looked at.',
		causes: [
			'The subscriber is not provisioned for the IMS (VoLTE, VoWiFi), or is barred.',
			'Roaming is not allowed from this network or this access.',
			'Public and private identity do not belong together.',
			'The device or its IMEI is not on the list of the operator.',
		],
		confirm:
			'Ask the operator for the reason; Reason and Warning of the 403 often name it. Try the SIM in a phone that the operator sells.',
		lookAlikes: [
			'Without an Authorization in the first REGISTER it is that: see ims-initial-authorization.',
			'500 and 504 of the I-CSCF mean that the HSS does not answer: see server-error and upstream-timeout.',
		],
	},
	fix: [
		{
			who: 'provider',
			what: 'Check the subscription in the HSS: IMS service, identities, barring, roaming and list of devices.',
		},
	],
	check({ attempt, steps }) {
		const final = lastFinal(attempt);
		const last = steps.at(-1);
		if (final?.message.statusCode !== 403 || last === undefined || last.request.cut) return SILENT;
		if (last.credentials.length > 0 || steps.some(({ challenges }) => challenges.length > 0))
			return SILENT;
		const sign = imsSign(last.request.message);
		if (sign === undefined || !hasAuthorization(last.request.message)) return SILENT;
		const words = serverWords(final.message).join('; ');
		const answer = `${describeStatus(final)}${words === '' ? '' : ` (${words})`}`;
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `The REGISTER for the IMS (${sign}) names its private identity, and the network answers ${answer} without a challenge.`,
			evidence: inOrder(
				evidenceOf(last.request, 'Authorization', 'no challenge to answer yet'),
				evidenceOf(final, 'Status', answer),
			),
		};
	},
});
