// `node prisma/seed.ts`: the platform's administrator and, except in production, three demo companies. Repeating it
// changes nothing that is already there. Stands outside the packages, hence the relative imports.
import { createPasswordHasher } from "../packages/core/src/auth/index.ts";
import { readCredentials, sealCredentials } from "../packages/core/src/inboxes/index.ts";
import { openDatabase, readDatabaseConfig, type MembershipRole, type Tx } from "../packages/db/src/index.ts";
import {
  ConfigError,
  isProduction,
  newId,
  processEnv,
  readKeyring,
  type Env,
  type Keyring,
} from "../packages/runtime/src/index.ts";

const DEMO_PASSWORD = "demo-password-1";
const DEFAULT_ADMIN = { email: "admin@parley.local", password: "change-me-now" };
/** Serialises two seeds at the same time; any number that nothing else uses. */
const SEED_LOCK = 7_275_390_003n;

const COMPANIES = [
  { slug: "acme-electronics", name: "Acme Electronics", phoneNumberId: "106540352242922", display: "15550783881" },
  { slug: "techcorp-solutions", name: "TechCorp Solutions", phoneNumberId: "106540352242923", display: "15550783882" },
  { slug: "globex-retail", name: "Globex Retail", phoneNumberId: "106540352242924", display: "15550783883" },
] as const;

const PEOPLE = [
  { mailbox: "owner", title: "Owner", role: "OWNER" },
  { mailbox: "agent", title: "Agent One", role: "AGENT" },
  { mailbox: "agent2", title: "Agent Two", role: "AGENT" },
] as const satisfies { mailbox: string; title: string; role: MembershipRole }[];

interface Person {
  email: string;
  fullName: string;
  passwordHash: string;
  isSuperAdmin?: boolean;
}

async function seed(env: Env): Promise<void> {
  const admin = readAdmin(env);
  const keyring = isProduction(env) ? undefined : readKeyring(env);
  const database = openDatabase(readDatabaseConfig(env));
  const passwords = createPasswordHasher();
  try {
    // Hashing is slow on purpose: once for everybody, and before the transaction.
    const [adminHash, demoHash] = await Promise.all([passwords.hash(admin.password), passwords.hash(DEMO_PASSWORD)]);
    await database.withSystem(async (tx) => {
      await tx.$executeRaw`select pg_advisory_xact_lock(${SEED_LOCK})`;
      await ensureUser(tx, {
        email: admin.email,
        fullName: "Platform Administrator",
        passwordHash: adminHash,
        isSuperAdmin: true,
      });
      if (!keyring) return;
      for (const company of COMPANIES) await ensureCompany(tx, keyring, company, demoHash);
    });
  } finally {
    await database.close();
  }
}

function readAdmin(env: Env): { email: string; password: string } {
  const email = (env["SUPERADMIN_EMAIL"] ?? DEFAULT_ADMIN.email).toLowerCase();
  const password = env["SUPERADMIN_PASSWORD"] ?? DEFAULT_ADMIN.password;
  if (isProduction(env) && password === DEFAULT_ADMIN.password) {
    throw new ConfigError("SUPERADMIN_PASSWORD is missing or the demo's: set a password of your own in production");
  }
  return { email, password };
}

async function ensureCompany(
  tx: Tx,
  keyring: Keyring,
  company: (typeof COMPANIES)[number],
  passwordHash: string,
): Promise<void> {
  const { slug, name } = company;
  const { id: tenantId } = await tx.tenant.upsert({
    where: { slug },
    create: { id: newId(), slug, name, status: "ACTIVE", plan: "DEV" },
    update: {},
  });
  for (const { mailbox, title, role } of PEOPLE) {
    const fullName = `${name.split(" ")[0]} ${title}`;
    const userId = await ensureUser(tx, { email: `${mailbox}@${slug}.example`, fullName, passwordHash });
    await tx.membership.upsert({
      where: { tenantId_userId: { tenantId, userId } },
      create: { tenantId, userId, role },
      update: {},
    });
  }
  await ensureInbox(tx, keyring, tenantId, company);
}

async function ensureUser(tx: Tx, person: Person): Promise<string> {
  const { id } = await tx.user.upsert({
    where: { email: person.email },
    create: { id: newId(), ...person },
    update: {},
  });
  return id;
}

async function ensureInbox(
  tx: Tx,
  keyring: Keyring,
  tenantId: string,
  company: (typeof COMPANIES)[number],
): Promise<void> {
  const { phoneNumberId: externalId, display, name } = company;
  const known = await tx.inbox.findUnique({ where: { channel_externalId: { channel: "WHATSAPP", externalId } } });
  // Somebody has connected this number to a company of theirs.
  if (known && known.tenantId !== tenantId) return;
  const id = known?.id ?? newId();
  // Credentials of a key that is gone are of no use to anybody, and those of the simulator are no secret.
  if (known?.credentials && isReadable(() => readCredentials(keyring, known))) return;
  const credentials = sealCredentials(keyring, { tenantId, id }, { accessToken: "simulator-token" });
  await tx.inbox.upsert({
    where: { tenantId_id: { tenantId, id } },
    create: {
      tenantId,
      id,
      name: `${name} WhatsApp`,
      channel: "WHATSAPP",
      externalId,
      config: { displayPhoneNumber: display },
      credentials,
    },
    update: { credentials },
  });
}

function isReadable(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

try {
  await seed(processEnv);
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}
