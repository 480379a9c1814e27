import {
  changeMacro,
  changeMacroInput,
  createMacro,
  createMacroInput,
  deleteMacro,
  listMacros,
  listMacrosQuery,
  macroJson,
  runMacro,
  showMacro,
} from "@parley/core/macros";
import { ticketJson } from "@parley/core/tickets";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { expectedVersion, sendVersioned } from "../http/versions.ts";
import { idParams } from "./id-params.ts";
import { planIsUsedUp } from "./plan-is-used-up.ts";

const tags = ["Macros"];

const runParams = idParams.extend({ macroId: z.uuid() });
const taken = { conflict: "A macro of this name exists already; change that one, or choose another name." };

export const macroRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/macros",
    {
      config: { access: "macros.read" },
      schema: {
        operationId: "listMacros",
        tags,
        summary: "Macros, newest first",
        querystring: listMacrosQuery,
        response: { 200: listOf(macroJson) },
      },
    },
    (request) => listMacros(request.requestContext(), request.query),
  );

  app.post(
    "/macros",
    {
      config: { access: "macros.manage" },
      schema: {
        operationId: "createMacro",
        tags,
        summary: "Put actions together that are done at once (MANAGER)",
        body: createMacroInput,
        refusals: taken,
        response: { 201: dataOf(macroJson) },
      },
    },
    async (request, reply) => reply.code(201).send({ data: await createMacro(request.requestContext(), request.body) }),
  );

  app.get(
    "/macros/:id",
    {
      config: { access: "macros.read" },
      schema: {
        operationId: "showMacro",
        tags,
        summary: "One macro",
        params: idParams,
        response: { 200: dataOf(macroJson) },
      },
    },
    async (request) => ({ data: await showMacro(request.requestContext(), request.params) }),
  );

  app.patch(
    "/macros/:id",
    {
      config: { access: "macros.manage" },
      schema: {
        operationId: "changeMacro",
        tags,
        summary: "Change a macro (MANAGER)",
        params: idParams,
        body: changeMacroInput,
        refusals: taken,
        response: { 200: dataOf(macroJson) },
      },
    },
    async (request) => ({
      data: await changeMacro(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.delete(
    "/macros/:id",
    {
      config: { access: "macros.manage" },
      schema: {
        operationId: "deleteMacro",
        tags,
        summary: "Delete a macro (MANAGER)",
        params: idParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await deleteMacro(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );

  app.post(
    "/tickets/:id/macros/:macroId",
    {
      config: { access: "tickets.change", versioned: true },
      schema: {
        operationId: "runMacro",
        tags,
        summary: "Do to a ticket all that a macro says, or nothing",
        description: "For a macro that writes messages or notes a key also needs messages.send.",
        params: runParams,
        refusals: {
          conflict:
            "Action 2 of the macro, set_status, was refused, so nothing was done: A ticket that is closed cannot become pending.",
          ...planIsUsedUp,
        },
        response: { 200: dataOf(ticketJson) },
      },
    },
    async (request, reply) => {
      const { id: ticketId, macroId } = request.params;
      const input = { ticketId, macroId, expectedVersion: expectedVersion(request) };
      return sendVersioned(reply, await runMacro(request.requestContext(), input));
    },
  );
};
