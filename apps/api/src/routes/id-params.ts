import { z } from "zod";

/** The id in the path. One that is no uuid is refused as such; one that is nobody's, or another tenant's, is not found. */
export const idParams = z.object({ id: z.uuid() });
