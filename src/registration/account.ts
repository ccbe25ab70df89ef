/** An account the user gave to verify digests with (design §1, Secrets); username, realm and aor as wire text (Latin-1). */
import type { DigestSecret } from '../digest/digest.js';

export interface Account {
	/** The digest username. */
	readonly username: string;
	readonly realm: string | undefined;
	/** Canonical address-of-record, where the user named one. */
	readonly aor: string | undefined;
	readonly secret: DigestSecret;
}
