import {
  adoptChannelDefaults,
  adoptDefaultsInput,
  attainmentJson,
  attainmentQuery,
  autoCloseJson,
  changeAutoClose,
  changeAutoCloseInput,
  changeSlaPolicy,
  changeSlaPolicyInput,
  channelDefaultJson,
  createSlaPolicy,
  createSlaPolicyInput,
  deleteSlaPolicy,
  listChannelDefaults,
  listSlaPolicies,
  listSlaPoliciesQuery,
  reportAttainment,
  showAutoClose,
  showSlaPolicy,
  showSlaProgress,
  slaPolicyJson,
  slaProgressJson,
} from "@parley/core/sla";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["SLA"];

const conflict = "An SLA policy of this name exists already.";

export const slaRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/sla/policies",
    {
      config: { access: "sla.read" },
      schema: {
        operationId: "listSlaPolicies",
        tags,
        summary: "What is promised for which tickets, in the order in which policies are asked",
        querystring: listSlaPoliciesQuery,
        response: { 200: listOf(slaPolicyJson) },
      },
    },
    (request) => listSlaPolicies(request.requestContext(), request.query),
  );

  app.post(
    "/sla/policies",
    {
      config: { access: "sla.manage" },
      schema: {
        operationId: "createSlaPolicy",
        tags,
        summary: "Promise something for some tickets (MANAGER)",
        description:
          "A first response, the next ones, and a resolution, each within a time. The first policy that is for a ticket governs it. Tickets that are open already get what the policy promises soon; see GET /sla/progress.",
        body: createSlaPolicyInput,
        refusals: { conflict },
        response: { 201: dataOf(slaPolicyJson) },
      },
    },
    async (request, reply) => {
      const data = await createSlaPolicy(request.requestContext(), request.body);
      return reply.code(201).send({ data });
    },
  );

  app.get(
    "/sla/policies/:id",
    {
      config: { access: "sla.read" },
      schema: {
        operationId: "showSlaPolicy",
        tags,
        summary: "One policy",
        params: idParams,
        response: { 200: dataOf(slaPolicyJson) },
      },
    },
    async (request) => ({ data: await showSlaPolicy(request.requestContext(), request.params) }),
  );

  app.patch(
    "/sla/policies/:id",
    {
      config: { access: "sla.manage" },
      schema: {
        operationId: "changeSlaPolicy",
        tags,
        summary: "Change a policy (MANAGER)",
        description:
          "Each field that is named is replaced as a whole. What is open is judged anew from its beginning; what was met or missed and is done stays so.",
        params: idParams,
        body: changeSlaPolicyInput,
        refusals: { conflict },
        response: { 200: dataOf(slaPolicyJson) },
      },
    },
    async (request) => ({
      data: await changeSlaPolicy(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.delete(
    "/sla/policies/:id",
    {
      config: { access: "sla.manage" },
      schema: {
        operationId: "deleteSlaPolicy",
        tags,
        summary: "Promise it no more (MANAGER)",
        params: idParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await deleteSlaPolicy(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );

  app.get(
    "/sla/channel-defaults",
    {
      config: { access: "sla.read" },
      schema: {
        operationId: "listSlaChannelDefaults",
        tags,
        summary: "What is usual on a channel, or asked for by its operator",
        response: { 200: dataOf(z.array(channelDefaultJson)) },
      },
    },
    async (request) => ({ data: listChannelDefaults(request.requestContext()) }),
  );

  app.post(
    "/sla/channel-defaults/adopt",
    {
      config: { access: "sla.manage" },
      schema: {
        operationId: "adoptSlaChannelDefaults",
        tags,
        summary: "Make policies of the defaults of some channels (MANAGER)",
        body: adoptDefaultsInput,
        refusals: { conflict },
        response: { 201: dataOf(z.array(slaPolicyJson)) },
      },
    },
    async (request, reply) => {
      const data = await adoptChannelDefaults(request.requestContext(), request.body);
      return reply.code(201).send({ data });
    },
  );

  app.get(
    "/sla/auto-close",
    {
      config: { access: "sla.read" },
      schema: {
        operationId: "showAutoClose",
        tags,
        summary: "What becomes of tickets in which nobody writes",
        response: { 200: dataOf(autoCloseJson) },
      },
    },
    async (request) => ({ data: await showAutoClose(request.requestContext()) }),
  );

  app.patch(
    "/sla/auto-close",
    {
      config: { access: "sla.manage" },
      schema: {
        operationId: "changeAutoClose",
        tags,
        summary: "Say after which silence tickets are closed (MANAGER)",
        description:
          "The rules are replaced as a whole. A ticket is closed when nobody has written in it, and its status has not changed, for so long. The customer is told before, if the rule says so and something can be sent to them; whoever writes then keeps the ticket open.",
        body: changeAutoCloseInput,
        response: { 200: dataOf(autoCloseJson) },
      },
    },
    async (request) => ({ data: await changeAutoClose(request.requestContext(), request.body) }),
  );

  app.get(
    "/sla/progress",
    {
      config: { access: "sla.read" },
      schema: {
        operationId: "showSlaProgress",
        tags,
        summary: "How far tickets have been judged anew after a change of policies or hours",
        response: { 200: dataOf(slaProgressJson) },
      },
    },
    async (request) => ({ data: await showSlaProgress(request.requestContext()) }),
  );

  app.get(
    "/sla/reports/attainment",
    {
      config: { access: "sla.report" },
      schema: {
        operationId: "reportSlaAttainment",
        tags,
        summary: "How many promises were met and missed in a time, by policy, team or agent (MANAGER)",
        description:
          "A promise counts when it was met, or missed, whenever that was noticed. It goes to the account of whoever answered, or had the ticket then. What came to nothing does not count.",
        querystring: attainmentQuery,
        response: { 200: dataOf(attainmentJson) },
      },
    },
    async (request) => ({ data: await reportAttainment(request.requestContext(), request.query) }),
  );
};
