export { changeSegment } from "./change-segment.ts";
export { countSegment } from "./count-segment.ts";
export { createSegment } from "./create-segment.ts";
export { deleteSegment } from "./delete-segment.ts";
export { handOverSegments } from "./hand-over-segments.ts";
export { listSegments } from "./list-segments.ts";
export {
  changeSegmentInput,
  createSegmentInput,
  listSegmentsQuery,
  segmentCountJson,
  segmentJson,
  type ChangeSegmentInput,
  type CreateSegmentInput,
  type ListSegmentsQuery,
  type SegmentJson,
} from "./schemas.ts";
export { showSegment } from "./show-segment.ts";
