/* Transcripts as registrations. */
import type { Registration } from '../../src/registration/registration.js';
import { registrationsOf } from '../../src/registration/registrations.js';
import { readTranscript } from '../support/transcript.js';

/** The registrations of a transcript whose source ends at `until` seconds. */
export function registrationsIn(text: string, until: number): readonly Registration[] {
	const { source } = readTranscript(`# until ${until}\n${text}`);
	return registrationsOf({ ...source, observedUntil: source.facts.lastPacketAt ?? 0 });
}

/** The registration of a transcript that shows one device. */
export function theRegistration(text: string, until: number): Registration {
	const [first, ...others] = registrationsIn(text, until);
	if (first === undefined || others.length > 0)
		throw new Error(`${others.length + 1} registrations`);
	return first;
}
