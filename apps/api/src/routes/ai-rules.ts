import { changeRule, createRule, deleteRule, listRules, resumeRule, rollbackRule, showRule } from "@parley/core/rules";
import { changeRuleInput, createRuleInput, listRulesQuery, ruleJson } from "@parley/core/rule-definitions";
import {
  diffRuleVersions,
  diffRuleVersionsQuery,
  listRuleVersions,
  listRuleVersionsQuery,
  rollbackRuleInput,
  ruleDiffJson,
  ruleVersionJson,
} from "@parley/core/rule-versions";
import { simulateRule, simulateRuleInput, simulationJson } from "@parley/core/rule-simulation";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { expectedVersion, sendVersioned } from "../http/versions.ts";
import { idParams } from "./id-params.ts";

const tags = ["AI"];

const taken = "A rule of this name exists already; change that one, or choose another name.";

export const aiRuleRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/ai/rules",
    {
      config: { access: "ai_rules.read" },
      schema: {
        operationId: "listRules",
        tags,
        summary: "Rules, newest first",
        querystring: listRulesQuery,
        response: { 200: listOf(ruleJson) },
      },
    },
    (request) => listRules(request.requestContext(), request.query),
  );

  app.post(
    "/ai/rules",
    {
      config: { access: "ai_rules.manage" },
      schema: {
        operationId: "createRule",
        tags,
        summary: "Say what is to be done when something happens (MANAGER)",
        description:
          "When the trigger happens and the conditions hold, the actions are done in one transaction, or not at all. Try a rule with executionMode suggest_only, or simulate it, before it acts by itself.",
        body: createRuleInput,
        refusals: { conflict: taken },
        response: { 201: dataOf(ruleJson) },
      },
    },
    async (request, reply) => reply.code(201).send({ data: await createRule(request.requestContext(), request.body) }),
  );

  app.get(
    "/ai/rules/:id",
    {
      config: { access: "ai_rules.read", versioned: true },
      schema: {
        operationId: "showRule",
        tags,
        summary: "One rule",
        params: idParams,
        response: { 200: dataOf(ruleJson) },
      },
    },
    async (request, reply) => sendVersioned(reply, await showRule(request.requestContext(), request.params)),
  );

  app.patch(
    "/ai/rules/:id",
    {
      config: { access: "ai_rules.manage", versioned: true },
      schema: {
        operationId: "changeRule",
        tags,
        summary: "Change a rule (MANAGER)",
        description:
          "What it says then is its next version, which If-Match goes by. isActive alone makes none: of two people who switch a rule at the same time the last is right, and the audit log has both. Conditions, actions and schedule are given whole. A rule that is suspended stays so until it is resumed.",
        params: idParams,
        body: changeRuleInput,
        refusals: { conflict: taken },
        response: { 200: dataOf(ruleJson) },
      },
    },
    async (request, reply) => {
      const input = { ...request.body, id: request.params.id, expectedVersion: expectedVersion(request) };
      return sendVersioned(reply, await changeRule(request.requestContext(), input));
    },
  );

  app.delete(
    "/ai/rules/:id",
    {
      config: { access: "ai_rules.manage" },
      schema: {
        operationId: "deleteRule",
        tags,
        summary: "Delete a rule, with its versions (MANAGER)",
        description: "What it did stays among the executions.",
        params: idParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await deleteRule(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );

  app.post(
    "/ai/rules/:id/resume",
    {
      config: { access: "ai_rules.manage" },
      schema: {
        operationId: "resumeRule",
        tags,
        summary: "Let a rule act again that was suspended (MANAGER)",
        params: idParams,
        response: { 200: dataOf(ruleJson) },
      },
    },
    async (request) => ({ data: await resumeRule(request.requestContext(), request.params) }),
  );

  app.get(
    "/ai/rules/:id/versions",
    {
      config: { access: "ai_rules.read" },
      schema: {
        operationId: "listRuleVersions",
        tags,
        summary: "What a rule said from one change to the next, the newest first",
        params: idParams,
        querystring: listRuleVersionsQuery,
        response: { 200: listOf(ruleVersionJson) },
      },
    },
    (request) => listRuleVersions(request.requestContext(), { ...request.query, id: request.params.id }),
  );

  app.get(
    "/ai/rules/:id/diff",
    {
      config: { access: "ai_rules.read" },
      schema: {
        operationId: "diffRuleVersions",
        tags,
        summary: "What became different from one version of a rule to another",
        params: idParams,
        querystring: diffRuleVersionsQuery,
        response: { 200: dataOf(ruleDiffJson) },
      },
    },
    async (request) => ({
      data: await diffRuleVersions(request.requestContext(), { ...request.query, id: request.params.id }),
    }),
  );

  app.post(
    "/ai/rules/:id/rollback",
    {
      config: { access: "ai_rules.manage", versioned: true },
      schema: {
        operationId: "rollbackRule",
        tags,
        summary: "Let a rule say again what it said in an earlier version, as a new one (MANAGER)",
        params: idParams,
        body: rollbackRuleInput,
        refusals: {
          conflict:
            "Version 1 cannot be restored as it is, so change the rule instead: actions.0 is not a team of this company.",
        },
        response: { 200: dataOf(ruleJson) },
      },
    },
    async (request, reply) => {
      const input = { ...request.body, id: request.params.id, expectedVersion: expectedVersion(request) };
      return sendVersioned(reply, await rollbackRule(request.requestContext(), input));
    },
  );

  app.post(
    "/ai/rules/:id/simulate",
    {
      config: { access: "ai_rules.manage" },
      schema: {
        operationId: "simulateRule",
        tags,
        summary: "See what a rule, or what it might say instead, would do; nothing changes (MANAGER)",
        description:
          "It is tried on what happened in the last days (the newest 1,000 events that its trigger looks at), on messages that are named, or, with a schedule, on the tickets that it finds now. Tickets, contacts and conversations are as they are now, and may have been otherwise then. Of a rule that answers each message is taken to be a whole turn, and neither cool-downs nor people who answered are considered. A key also needs contacts.read, messages.read and tickets.read.",
        params: idParams,
        body: simulateRuleInput,
        response: { 200: dataOf(simulationJson) },
      },
    },
    async (request) => ({
      data: await simulateRule(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );
};
