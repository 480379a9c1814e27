import { DomainError, type FieldError } from "@parley/runtime";

/** `validation_failed` because of one field; its path and message make the sentence. */
export function refuseField(field: FieldError): DomainError {
  return new DomainError("validation_failed", `${field.path} ${field.message}.`, { fields: [field] });
}
