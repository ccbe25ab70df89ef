import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountsFrom, ha1Secret, parseAccounts } from '../../src/usecase/accounts.js';
import { UsageError } from '../../src/usecase/usage-error.js';

const FILE = 'accounts.csv';

/** Everything a user gets to see of the mistake. */
function mistakeIn(text: string): string {
	try {
		parseAccounts(text, FILE);
	} catch (error) {
		if (!(error instanceof UsageError)) throw error;
		return [error.message, ...error.suggestions].join(' ');
	}
	throw new Error('no mistake was found');
}

describe('accounts', () => {
	it('come from CSV with a header line', () => {
		expect(parseAccounts('username,password\n1001,secret\n', FILE)).toEqual([
			{
				username: '1001',
				realm: undefined,
				aor: undefined,
				secret: { kind: 'password', password: 'secret' },
			},
		]);
	});

	it('come from a JSON array', () => {
		const text = '[{"username":"1001","realm":"example.com","password":"secret"}]';
		expect(parseAccounts(text, FILE)[0]?.realm).toBe('example.com');
	});

	it('may be any number', () => {
		const lines = Array.from({ length: 500 }, (_, index) => `${index},secret`);
		expect(parseAccounts(`username,password\n${lines.join('\n')}`, FILE)).toHaveLength(500);
	});

	it('may begin with a byte order mark', () => {
		expect(parseAccounts('\uFEFFusername,password\n1001,secret', FILE)).toHaveLength(1);
	});

	it('have their address-of-record in canonical form', () => {
		const text = 'username,aor,password\n1001,1001@EXAMPLE.com,secret\n';
		expect(parseAccounts(text, FILE)[0]?.aor).toBe('sip:1001@example.com');
	});

	it('may have an HA1 in place of the password', () => {
		const ha1 = 'A'.repeat(32);
		expect(parseAccounts(`username,ha1\n1001,${ha1}\n`, FILE)[0]?.secret).toEqual({
			kind: 'ha1',
			ha1: 'a'.repeat(32),
			algorithm: 'MD5',
		});
	});

	it('may have an empty password', () => {
		const secret = { kind: 'password', password: '' };
		expect(parseAccounts('username,password\n1001,\n', FILE)[0]?.secret).toEqual(secret);
	});

	it('have no realm where the field is empty', () => {
		expect(parseAccounts('username,realm,password\n1001,,secret', FILE)[0]?.realm).toBeUndefined();
	});
});

describe('a mistake in an accounts file', () => {
	it('names file, entry and key', () => {
		expect(mistakeIn('username,password\n1001,secret\n,secret\n')).toContain(
			'accounts.csv, account 2: username is missing',
		);
	});

	it('is a file without an account', () => {
		expect(mistakeIn('')).toContain('holds no account');
		expect(mistakeIn('[]')).toContain('holds no account');
	});

	it('is an account without a secret', () => {
		expect(mistakeIn('[{"username":"1001"}]')).toContain('neither password nor ha1');
	});

	it('is an unknown key', () => {
		expect(mistakeIn('username,pasword\n1001,s3cr3t\n')).toContain('unknown key');
	});

	it('is an HA1 of a wrong length, or a long one without its algorithm', () => {
		expect(mistakeIn('username,ha1\n1001,abc\n')).toContain('not 32 or 64 hex digits');
		expect(mistakeIn(`username,ha1\n1001,${'a'.repeat(64)}\n`)).toContain('needs its algorithm');
	});

	it('is an address-of-record that is none', () => {
		expect(mistakeIn('username,aor,password\n1001,example.com,s3cr3t\n')).toContain(
			'not a SIP address',
		);
	});

	it('never shows a value: any of them may be the secret', () => {
		const mistakes = [
			'[{"username":"1001","password":"s3cr3t"',
			'[{"username":"1001","password":"s3cr3t",}]',
			'["s3cr3t"]',
			'[{"s3cr3t":"1001"}]',
			'[{"username":1001,"password":"s3cr3t"}]',
			'[{"username":"","password":"s3cr3t"}]',
			'[{"username":"1001","ha1":"s3cr3t"}]',
			'[{"username":"1001","password":"s3cr3t","aor":"s3cr3t"}]',
			'[{"username":"1001","s3cr3t":1}]',
			'username,s3cr3t\n1001,x\n',
			'1001,s3cr3t\n1002,s3cr3t\n',
			'username,ha1\n1001,s3cr3t\n',
			'username;password\n1001;s3cr3t\n',
		];
		for (const text of mistakes) expect(mistakeIn(text), text).not.toContain('s3cr3t');
	});

	it('is always one that the user can read, whatever the file holds', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
				try {
					parseAccounts(text, FILE);
				} catch (error) {
					expect(error).toBeInstanceOf(UsageError);
				}
			}),
		);
	});
});

describe('the address-of-record of an account', () => {
	it('needs a user and a host', () => {
		for (const aor of ['example.com', '@example.com', '1001@'])
			expect(mistakeIn(`username,aor,password\n1001,${aor},s3cr3t\n`), aor).toContain(
				'aor is not a SIP address',
			);
	});

	it('is a sips one where it says so', () => {
		const text = 'username,aor,password\n1001,sips:1001@example.com,secret\n';
		expect(parseAccounts(text, FILE)[0]?.aor).toBe('sips:1001@example.com');
	});
});

describe('an HA1', () => {
	it('of 64 digits takes the algorithm given', () => {
		const secret = ha1Secret('b'.repeat(64), 'SHA-256', '--ha1');
		expect(secret).toEqual({ kind: 'ha1', ha1: 'b'.repeat(64), algorithm: 'SHA-256' });
	});

	it('of 32 digits is one of MD5', () => {
		expect(ha1Secret('b'.repeat(32), undefined, '--ha1')).toMatchObject({ algorithm: 'MD5' });
	});
});

describe('accounts of file and flags', () => {
	const file = { text: 'username,password\n1001,secret\n', name: FILE };
	const secret = { kind: 'password', password: 'other' } as const;

	it('are those of both', () => {
		const accounts = accountsFrom({ file, username: '1002', secret });
		expect(accounts.map(({ username }) => username)).toEqual(['1001', '1002']);
	});

	it('are those of the file alone where no flag gives a secret', () => {
		expect(accountsFrom({ file, username: '1002', secret: undefined })).toHaveLength(1);
	});

	it('may be a password alone, which fits nobody by name', () => {
		const [account] = accountsFrom({ file: undefined, username: undefined, secret });
		expect(account?.username).toBe('');
	});

	it('are a mistake where an HA1 has no username, and the HA1 is not shown', () => {
		const ha1 = { kind: 'ha1', ha1: 'c'.repeat(32), algorithm: 'MD5' } as const;
		const mistake = (): unknown =>
			accountsFrom({ file: undefined, username: undefined, secret: ha1 });
		expect(mistake).toThrow('--ha1 needs --auth-user');
		expect(mistake).not.toThrow('cccc');
	});
});
