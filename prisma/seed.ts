// `node prisma/seed.ts`: the platform's administrator and, except in production, three demo companies. Repeating it
// changes nothing that is already there, except that SUPERADMIN_PASSWORD, where it is set, is the administrator's
// password from then on. Stands outside the packages, hence the relative imports.
import { createPasswordHasher, type PasswordHasher } from "../packages/core/src/auth/index.ts";
import { readCredentials, sealCredentials } from "../packages/core/src/inboxes/index.ts";
import {
  openDatabase,
  readDatabaseConfig,
  type Database,
  type MembershipRole,
  type Tx,
} from "../packages/db/src/index.ts";
import {
  ConfigError,
  isProduction,
  newId,
  processEnv,
  readKeyring,
  systemClock,
  type Env,
  type Keyring,
} from "../packages/runtime/src/index.ts";

const DEMO_PASSWORD = "demo-password-1";
const DEFAULT_ADMIN = { email: "admin@parley.local", password: "change-me-now" };
/** bcrypt ignores what exceeds it, and signing in refuses it. */
const LONGEST_PASSWORD_BYTES = 72;
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
  /** Of whoever was there before all this. */
  passwordHash: string | undefined;
}

interface Administrator {
  email: string;
  password: string;
  /** The environment names the password: it is applied to an administrator who is there already. */
  isChosen: boolean;
}

async function seed(env: Env): Promise<void> {
  const admin = readAdmin(env);
  const keyring = isProduction(env) ? undefined : readKeyring(env);
  const database = openDatabase(readDatabaseConfig(env));
  const passwords = createPasswordHasher();
  try {
    // Hashing is slow on purpose: once for everybody, and before the transaction.
    const [adminHash, demoHash] = await Promise.all([
      hashUnlessKept(database, passwords, admin),
      keyring && hashUnlessThere(database, passwords),
    ]);
    await database.withSystem(async (tx) => {
      await tx.$executeRaw`select pg_advisory_xact_lock(${SEED_LOCK})`;
      if (adminHash !== undefined) await writeAdmin(tx, admin, adminHash);
      if (!keyring) return;
      for (const company of COMPANIES) await ensureCompany(tx, keyring, company, demoHash);
    });
  } finally {
    await database.close();
  }
}

function readAdmin(env: Env): Administrator {
  const email = (env["SUPERADMIN_EMAIL"] || DEFAULT_ADMIN.email).toLowerCase();
  const password = env["SUPERADMIN_PASSWORD"] || DEFAULT_ADMIN.password;
  if (isProduction(env) && password === DEFAULT_ADMIN.password) {
    throw new ConfigError("SUPERADMIN_PASSWORD is missing or the demo's: set a password of your own in production");
  }
  if (Buffer.byteLength(password) > LONGEST_PASSWORD_BYTES) {
    throw new ConfigError(
      `SUPERADMIN_PASSWORD is too long: nobody can sign in with more than ${LONGEST_PASSWORD_BYTES} bytes, so shorten it`,
    );
  }
  return { email, password, isChosen: Boolean(env["SUPERADMIN_PASSWORD"]) };
}

/** The hash of the administrator's password, unless what is in the database already stays as it is. */
async function hashUnlessKept(
  database: Database,
  passwords: PasswordHasher,
  admin: Administrator,
): Promise<string | undefined> {
  const known = await database.withSystem((tx) => tx.user.findUnique({ where: { email: admin.email } }));
  if (known && !admin.isChosen) return undefined;
  if (known?.isSuperAdmin && (await passwords.matches(admin.password, known.passwordHash, null))) return undefined;
  return passwords.hash(admin.password, null);
}

/** The hash of the demo's password, unless everybody who is to have it is there. */
async function hashUnlessThere(database: Database, passwords: PasswordHasher): Promise<string | undefined> {
  const emails = COMPANIES.flatMap(({ slug }) => PEOPLE.map(({ mailbox }) => emailOf(mailbox, slug)));
  const known = await database.withSystem((tx) => tx.user.count({ where: { email: { in: emails } } }));
  return known === emails.length ? undefined : passwords.hash(DEMO_PASSWORD, null);
}

function emailOf(mailbox: string, slug: string): string {
  return `${mailbox}@${slug}.example`;
}

/** Whoever was signed in with another password is so no longer. */
async function writeAdmin(tx: Tx, admin: Administrator, passwordHash: string): Promise<void> {
  const { email, isChosen } = admin;
  const { id: userId } = await tx.user.upsert({
    where: { email },
    create: { id: newId(), email, fullName: "Platform Administrator", passwordHash, isSuperAdmin: true },
    // Not chosen: another seed has made the administrator in the meantime.
    update: isChosen ? { passwordHash, isSuperAdmin: true } : {},
  });
  if (!isChosen) return;
  await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: systemClock.now() } });
}

async function ensureCompany(
  tx: Tx,
  keyring: Keyring,
  company: (typeof COMPANIES)[number],
  passwordHash: string | undefined,
): Promise<void> {
  const { slug, name } = company;
  const { id: tenantId } = await tx.tenant.upsert({
    where: { slug },
    create: { id: newId(), slug, name, status: "ACTIVE", plan: "DEV" },
    update: {},
  });
  for (const { mailbox, title, role } of PEOPLE) {
    const fullName = `${name.split(" ")[0]} ${title}`;
    const userId = await ensureUser(tx, { email: emailOf(mailbox, slug), fullName, passwordHash });
    await tx.membership.upsert({
      where: { tenantId_userId: { tenantId, userId } },
      create: { tenantId, userId, role },
      update: {},
    });
  }
  await ensureInbox(tx, keyring, tenantId, company);
}

async function ensureUser(tx: Tx, { email, fullName, passwordHash }: Person): Promise<string> {
  const { id } =
    passwordHash === undefined
      ? await tx.user.findUniqueOrThrow({ where: { email } })
      : await tx.user.upsert({
          where: { email },
          create: { id: newId(), email, fullName, passwordHash },
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
