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
    self.init(status, code, "Query refused", error.message, hint: error.hint)
    sqlState = error.code.rawValue
    position = error.location.flatMap { Position($0, of: error, in: sql) }
    if status == .serviceUnavailable { retryAfter = 1 }
  }

  package init(_ refusal: AccessRefusal) {
    switch refusal {
    case .noOrganizationNamed:
      self = .invalid("organization_id", "missing", refusal.description)
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
    excerpt = error.excerpt(in: text) ?? ""
  }
}
