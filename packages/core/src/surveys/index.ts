export { askSurvey } from "./ask-survey.ts";
export { expireSurvey } from "./expire-survey.ts";
export { listSurveys } from "./list-surveys.ts";
export { readScore } from "./read-score.ts";
export { recordAnswers, thankForAnswers, type PossibleAnswer, type SurveyAnswer } from "./record-answers.ts";
export {
  listSurveysQuery,
  summarizeSurveysQuery,
  surveyJson,
  surveySummaryJson,
  type ListSurveysQuery,
  type SummarizeSurveysQuery,
  type SurveyJson,
  type SurveySummaryJson,
} from "./schemas.ts";
export { summarizeSurveys } from "./summarize-surveys.ts";
export { thankSurvey } from "./thank-survey.ts";
