import { ACCOUNTS } from './accounts.js';
import { BINDINGS } from './bindings.js';
import { CHALLENGES } from './challenges.js';
import { CONNECTIONS } from './connections.js';
import { CREDENTIALS } from './credentials.js';
import { DNS } from './dns.js';
import { HEALTHY } from './healthy.js';
import { IN_TIME } from './in-time.js';
import { IPV6 } from './ipv6.js';
import { MOBILES } from './mobile.js';
import { NAMES } from './names.js';
import { NAT } from './nat.js';
import { ON_THE_WAY } from './on-the-way.js';
import { REFUSED } from './refused.js';
import type { Scenario } from './scenario.js';
import { SECURED } from './secure.js';
import { SEVERAL_PHONES } from './several-phones.js';
import { SILENT } from './silent.js';
import { SOFTPHONES } from './softphones.js';
import { STAND_INS } from './stand-ins.js';
import { UNREACHABLE } from './unreachable.js';
import { WORTH_KNOWING } from './worth-knowing.js';

/** Every incident that is recorded under fixtures/captures. */
export const SCENARIOS: readonly Scenario[] = [
	...HEALTHY,
	...CREDENTIALS,
	...CHALLENGES,
	...REFUSED,
	...SILENT,
	...UNREACHABLE,
	...NAT,
	...BINDINGS,
	...DNS,
	...NAMES,
	...CONNECTIONS,
	...SECURED,
	...ACCOUNTS,
	...SEVERAL_PHONES,
	...WORTH_KNOWING,
	...IPV6,
	...IN_TIME,
	...ON_THE_WAY,
	...MOBILES,
	...STAND_INS,
	...SOFTPHONES,
];
