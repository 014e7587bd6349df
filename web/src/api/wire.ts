/** The wire contract as types only: none of its schemas reach the browser. */
export type {
  ApiTokenCreated,
  ApiTokenList,
  AuthorList,
  AuthorView,
  ChangePage,
  ChangeView,
  ComponentView,
  ContainerPage,
  ContainerRow,
  DriftPage,
  DriftRow,
  EngineView,
  FeedList,
  FeedView,
  FindingView,
  FleetEvent,
  ImagePage,
  ImageRow,
  Impact,
  JudgementView,
  LookView,
  NotificationInput,
  NotificationList,
  NotificationTested,
  NotificationView,
  ObservationView,
  Overview,
  Passport,
  ProblemView,
  RunningContainer,
  SessionView,
  SeverityCounts,
  StatementPage,
  StatementRow,
  Suggestions,
  WhoRunsAnswer,
} from '../../../src/model/wire/index.ts';

export interface ErrorReply {
  readonly error: { readonly code: string; readonly message: string; readonly remedy?: string };
}
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'negligible' | 'unknown';
export type JudgementState = 'judged' | 'partly-judged' | 'not-judged';
