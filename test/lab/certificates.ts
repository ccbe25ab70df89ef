import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runOrThrow } from './command.js';

/** The certificate that a server of the lab shows. */
export interface CertificateOptions {
	/** dNSName of subjectAltName. */
	readonly name: string;
	/** Default: from now on, for ten years. */
	readonly expired?: boolean;
}

/** PEM files; all of them are made for one lab and gone with it. */
export interface Certificates {
	/** The authority that issued `server` and `client`, and one that issued nothing. */
	readonly authority: string;
	readonly otherAuthority: string;
	readonly server: string;
	readonly serverKey: string;
	readonly client: string;
	readonly clientKey: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'] as const;

/** What `openssl ca` wants to be told, and cannot be told on the command line. */
const AUTHORITY_CONFIG = `
[ca]
default_ca = lab
[lab]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
organizationName = optional
commonName = supplied
`;

/** Makes the two authorities and the certificates with openssl. */
export async function makeCertificates(
	folder: string,
	{ name, expired = false }: CertificateOptions,
): Promise<Certificates> {
	await mkdir(folder, { recursive: true });
	const openssl = (...args: readonly string[]) => runOrThrow('openssl', args, { cwd: folder });
	await writeFile(join(folder, 'ca.cnf'), AUTHORITY_CONFIG);
	await writeFile(join(folder, 'index.txt'), '');
	for (const authority of ['authority', 'other']) {
		const files = ['-keyout', `${authority}.key`, '-out', `${authority}.pem`];
		const subject = ['-subj', `/O=Example/CN=Example ${authority}`, '-days', '3650'];
		await openssl('req', '-x509', ...NEW_KEY, ...files, ...subject);
	}
	const issue = async (file: string, host: string, days: readonly string[]): Promise<void> => {
		const request = ['-keyout', `${file}.key`, '-out', `${file}.csr`];
		const subject = ['-subj', `/O=Example/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
		await openssl('req', ...NEW_KEY, ...request, ...subject);
		await openssl(
			...['ca', '-batch', '-config', 'ca.cnf', '-cert', 'authority.pem', '-keyfile'],
			...['authority.key', '-in', `${file}.csr`, '-out', `${file}.pem`, '-notext', ...days],
		);
	};
	const past = ['-startdate', '20240101000000Z', '-enddate', '20250101000000Z'];
	await issue('server', name, expired ? past : ['-days', '3650']);
	await issue('client', 'phone.example.com', ['-days', '3650']);
	return {
		authority: join(folder, 'authority.pem'),
		otherAuthority: join(folder, 'other.pem'),
		server: join(folder, 'server.pem'),
		serverKey: join(folder, 'server.key'),
		client: join(folder, 'client.pem'),
		clientKey: join(folder, 'client.key'),
	};
}
