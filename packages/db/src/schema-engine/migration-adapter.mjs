import { randomUUID } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";

const CHAR_OID = 18;
const TEXT_OID = 25;
/** `ColumnTypeEnum.Character` of the driver adapters, which adapter-pg never gives. */
const CHARACTER_COLUMN = 6;

/** How the engine reaches the database at `url` and makes databases beside it. */
export function createMigrationAdapterFactory(url) {
  return new MigrationAdapterFactory(url);
}

/**
 * adapter-pg 7.10.0 is made for the client, not for migrations. Three of its faults are mended here: it
 * refuses PostgreSQL's internal `"char"` type, which the catalog is full of; it cuts scripts at every
 * semicolon, also inside function bodies; and it drops the shadow database while still connected to it.
 */
class MigrationAdapterFactory extends PrismaPg {
  #url;

  constructor(url) {
    const schema = new URL(url).searchParams.get("schema") ?? undefined;
    // One connection, because the engine's advisory lock and `SET`s belong to the session that ran them.
    super({ connectionString: url, max: 1 }, { schema });
    this.#url = url;
  }

  async connect() {
    const adapter = readCharColumns(await super.connect());
    const startTransaction = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => readCharColumns(await startTransaction(isolationLevel));
    adapter.executeScript = (script) => executeWholeScript(adapter, script);
    return adapter;
  }

  async connectToShadowDb() {
    const database = `prisma_migrate_shadow_${randomUUID()}`;
    const shadowUrl = new URL(this.#url);
    shadowUrl.pathname = `/${database}`;
    await this.#runOnce(`CREATE DATABASE "${database}"`);
    const shadow = await new MigrationAdapterFactory(shadowUrl.href).connect();
    const close = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await close();
      await this.#runOnce(`DROP DATABASE IF EXISTS "${database}"`);
    };
    return shadow;
  }

  async #runOnce(sql) {
    const adapter = await this.connect();
    try {
      await adapter.executeScript(sql);
    } finally {
      await adapter.dispose();
    }
  }
}

/** Without parameters `pg` uses the simple protocol: many statements, one implicit transaction, like the native engine. */
async function executeWholeScript(adapter, script) {
  try {
    await adapter.underlyingDriver().query(script);
  } catch (error) {
    adapter.onError(error);
  }
}

/** Makes `queryRaw` give "char" columns as single characters, by looking at the fields before the adapter does. */
function readCharColumns(queryable) {
  const { queryRaw, performIO } = queryable;
  queryable.queryRaw = async (query) => {
    let fields = [];
    const observer = Object.create(queryable, {
      performIO: {
        value: async (input) => {
          const result = await performIO.call(queryable, input);
          fields = result.fields.map((field) => field.dataTypeID);
          for (const field of result.fields) if (field.dataTypeID === CHAR_OID) field.dataTypeID = TEXT_OID;
          return result;
        },
      },
    });
    const result = await queryRaw.call(observer, query);
    const columnTypes = result.columnTypes.map((type, index) => (fields[index] === CHAR_OID ? CHARACTER_COLUMN : type));
    return { ...result, columnTypes };
  };
  return queryable;
}
