/** The one secret among the ways to give it (design §1, Secrets). */
import type { DigestSecret } from '../digest/digest.js';
import { ha1Secret } from './accounts.js';
import { UsageError } from './usage-error.js';

export type GivenSecret = DigestSecret;

export interface SecretSources {
	readonly password: string | undefined;
	readonly fromFile: string | undefined;
	readonly asked: string | undefined;
	/** SIPDOCTOR_PASSWORD: used only where no flag says otherwise. */
	readonly environment: string | undefined;
	readonly ha1: string | undefined;
	readonly algorithm: string | undefined;
}

/** Throws UsageError where two flags give one; never names a value. */
export function secretFrom(sources: SecretSources): GivenSecret | undefined {
	const { password, fromFile, asked, environment, ha1, algorithm } = sources;
	const given = [password, fromFile, asked, ha1].filter((value) => value !== undefined);
	if (given.length > 1) {
		throw new UsageError(
			'the password was given in two ways',
			'Use one of --password-file, --ask-password, --password, --ha1.',
		);
	}
	if (ha1 !== undefined) return ha1Secret(ha1, algorithm, '--ha1');
	const value = password ?? fromFile ?? asked ?? environment;
	return value === undefined ? undefined : { kind: 'password', password: value };
}
