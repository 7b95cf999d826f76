/// What emitters send: an emitter key says of which kinds its records may be.
public enum RecordKind: String, CaseIterable, Sendable, Hashable {
  case event
  case session
  case tokenUsage = "token_usage"
  case request
  case feedback
  case threat
  case audit
  case user
  case resource
}
