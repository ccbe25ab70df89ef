/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unnecessary-condition -- plain JavaScript: Node 20 runs no TypeScript, and a build would tie the phone to src/ */
import { autsOf, readAutn, resOf, simOf } from '../programs/milenage.mjs';

/*
 * What the SIM of the lab's phone says to a challenge (RFC 3310 §3.2 to §3.4): `password` is what the response is made
 * with, `empty` that there is none, `auts` its own sequence number.
 */
export function answerOfSim(options, challenge) {
	const sim = simOf(options);
	const nonce = Buffer.from(challenge.nonce, 'base64');
	const rand = nonce.subarray(0, 16);
	const { sqn, fits } = readAutn(sim, rand, nonce.subarray(16, 32));
	if (!fits) return { empty: true };
	const own = Buffer.from(options.sqn ?? '000000000000', 'hex');
	if (sqn.compare(own) <= 0) {
		return { empty: true, auts: autsOf(sim, rand, own).toString('base64') };
	}
	const res = resOf(sim, rand);
	return { password: options.hashesText === true ? res.toString('hex') : res };
}
