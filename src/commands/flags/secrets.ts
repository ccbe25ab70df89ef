/** Flags by which a password or its hash reaches sipdoctor (design §1, Secrets). None of them is ever printed. */
import { readFileSync } from 'node:fs';
import { Flags } from '@oclif/core';
import { type GivenSecret, secretFrom } from '../../usecase/secret.js';
import { UsageError } from '../../usecase/usage-error.js';
import { askPassword } from '../ask-password.js';

const GROUP = 'SECRETS';

export const secretFlags = {
	'password-file': Flags.string({
		summary: 'File whose first line is the password.',
		helpValue: 'FILE',
		helpGroup: GROUP,
	}),
	'ask-password': Flags.boolean({
		summary: 'Ask for the password, without echo.',
		helpGroup: GROUP,
	}),
	password: Flags.string({
		summary: 'The password itself; other users of this machine can see it in the process list.',
		description:
			'Better: the environment variable SIPDOCTOR_PASSWORD, --password-file or --ask-password.',
		helpValue: 'PASSWORD',
		helpGroup: GROUP,
	}),
	ha1: Flags.string({
		summary: 'HA1 instead of the password: 32 hex digits for MD5, 64 with --ha1-algorithm.',
		helpValue: 'HEX',
		helpGroup: GROUP,
	}),
	'ha1-algorithm': Flags.string({
		summary: 'Algorithm that the HA1 was computed with.',
		options: ['MD5', 'SHA-256', 'SHA-512-256'],
		dependsOn: ['ha1'],
		helpGroup: GROUP,
	}),
};

export interface SecretFlags {
	readonly 'password-file'?: string | undefined;
	readonly 'ask-password'?: boolean | undefined;
	readonly password?: string | undefined;
	readonly ha1?: string | undefined;
	readonly 'ha1-algorithm'?: string | undefined;
}

/** The one secret given, or undefined. Throws UsageError where two are given or a file cannot be read. */
export async function readSecret(flags: SecretFlags): Promise<GivenSecret | undefined> {
	const file = flags['password-file'];
	return secretFrom({
		password: flags.password,
		fromFile: file === undefined ? undefined : firstLine(readText(file, '--password-file')),
		asked: flags['ask-password'] === true ? await askPassword() : undefined,
		environment: process.env['SIPDOCTOR_PASSWORD'],
		ha1: flags.ha1,
		algorithm: flags['ha1-algorithm'],
	});
}

/** The text of a small file, or of stdin for `-`. Throws UsageError that names flag and file. */
export function readText(path: string, flag: string): string {
	return readBytes(path, flag).toString('utf8');
}

/** The bytes of a small file, or of stdin for `-`. Throws UsageError that names flag and file. */
export function readBytes(path: string, flag: string): Buffer {
	try {
		return readFileSync(path === '-' ? 0 : path);
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
		throw new UsageError(`${flag}: ${path} cannot be read: ${REASONS[code] ?? code}`);
	}
}

const REASONS: Readonly<Record<string, string>> = {
	ENOENT: 'there is no such file',
	EACCES: 'no permission',
	EISDIR: 'it is a directory',
};

/** A secret ends where its line does. */
export function firstLine(text: string): string {
	return text.split(/\r?\n/)[0] ?? '';
}
