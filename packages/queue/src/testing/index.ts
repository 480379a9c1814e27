export { actingAs, createTestContext, type TestContext, type TestJob } from "./test-context.ts";
