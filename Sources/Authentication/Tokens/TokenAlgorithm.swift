/// The algorithms of signatures that Daybook takes. A key has exactly one (RFC 8725 section 3.1).
public enum TokenAlgorithm: String, CaseIterable, Sendable {
  case hs256 = "HS256"
  case es256 = "ES256"
  case rs256 = "RS256"
}
