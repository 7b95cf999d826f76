package import AccessControl
internal import HTTPTypes
package import QueryLanguage

extension Problem {
  /// What the engine says of a statement; `sql` is its text. Whatever is the statement's own fault is a
  /// 4xx; only what is wrong inside is not told.
  package init(_ error: QueryError, in sql: String) {
    let status: HTTPResponse.Status
    let code: String
    switch error.code {
    case .internalError, .dataCorrupted:
      self = .internalError
      return
    case .insufficientPrivilege, .readOnly: (status, code) = (.forbidden, "query_forbidden")
    case .queryCancelled: (status, code) = (.conflict, "query_cancelled")
    case .statementTimeout: (status, code) = (.unprocessableContent, "query_timeout")
    case .outOfMemory: (status, code) = (.unprocessableContent, "query_memory")
    case .insufficientResources: (status, code) = (.serviceUnavailable, "busy")
    case .diskFull, .objectInUse, .fileFailure:
      (status, code) = (.serviceUnavailable, "store_unavailable")
    default: (status, code) = (.badRequest, "query_error")
    }
    // What the message repeats of the statement may be all of it.
    self.init(
      status, code, "Query refused", Self.cut(error.message), hint: error.hint.map(Self.cut))
    sqlState = error.code.rawValue
    position = error.location.flatMap { Position($0, of: error, in: sql) }
    if status == .serviceUnavailable { retryAfter = 1 }
  }

  private static func cut(_ text: String) -> String {
    let limit = 1_000
    return text.utf8.count <= limit
      ? text : String(decoding: text.utf8.prefix(limit), as: UTF8.self) + " ..."
  }

  package init(_ refusal: AccessRefusal) {
    switch refusal {
    case .noOrganizationNamed:
      self = .parameter("organization_id", "missing", refusal.description)
    default: self = .forbidden(refusal.description, hint: refusal.hint)
    }
  }
}

extension Problem.Position {
  /// From bytes to characters, as people count. `nil` where the place is not in the text.
  init?(_ location: Range<Int>, of error: QueryError, in text: String) {
    let bytes = text.utf8
    guard location.lowerBound >= 0, location.upperBound <= bytes.count else { return nil }
    let lower = bytes.index(bytes.startIndex, offsetBy: location.lowerBound)
    let upper = bytes.index(lower, offsetBy: location.count)
    start = text.unicodeScalars[..<lower].count + 1
    length = text.unicodeScalars[lower..<upper].count
    let before = text.unicodeScalars[..<lower]
    line = before.count { $0 == "\n" } + 1
    column = (before.lastIndex(of: "\n").map { before[$0...].count - 1 } ?? before.count) + 1
    let marked = error.excerpt(in: text) ?? ""
    excerpt = marked.utf8.count <= 4_000 ? marked : ""
  }
}
