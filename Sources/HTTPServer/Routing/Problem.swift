package import HTTPTypes

/// Why a request is refused or failed, as RFC 9457 writes it (`application/problem+json`).
///
/// It holds nothing that the caller may not know: what went wrong inside is logged with the request's
/// id, and the caller gets the id.
package struct Problem: Error, Sendable, Equatable {
  /// One thing that is wrong with one field of the request.
  package struct FieldError: Sendable, Equatable {
    /// A parameter's name, or a place in the body: `columns[2].name`.
    package var field: String
    /// Which rule it breaks, in one word: `unknown`, `missing`, `repeated`, `type`, `range`, `length`.
    package var rule: String
    /// What is allowed.
    package var message: String

    package init(_ field: String, _ rule: String, _ message: String) {
      self.field = field
      self.rule = rule
      self.message = message
    }
  }

  /// A place in a text that was sent, in characters from 1.
  package struct Position: Sendable, Equatable {
    package var start: Int
    package var length: Int
    package var line: Int
    package var column: Int
    /// The line, and below it the place marked with `^`.
    package var excerpt: String
  }

  package var status: HTTPResponse.Status
  /// In one word with underscores, for programs: it stays when the texts change.
  package var code: String
  /// The same for each problem of this code.
  package var title: String
  /// About this one.
  package var detail: String
  package var errors: [FieldError] = []
  package var hint: String?
  /// Of SQL.
  package var sqlState: String?
  package var position: Position?
  /// A byte of the body, from 0.
  package var byte: Int?
  /// In seconds: `Retry-After`.
  package var retryAfter: Int?
  /// More headers, such as `Allow`.
  package var headers = HTTPFields()
  /// Whether the connection can serve another request; not where the body was not read to its end.
  package var closesConnection = false

  package init(
    _ status: HTTPResponse.Status, _ code: String, _ title: String, _ detail: String,
    errors: [FieldError] = [], hint: String? = nil
  ) {
    self.status = status
    self.code = code
    self.title = title
    self.detail = detail
    self.errors = errors
    self.hint = hint
  }

  package static let contentType = "application/problem+json"

  package func json(_ id: RequestID) -> JSONValue {
    .members([
      "type": .text("urn:daybook:problem:\(code)"), "title": .text(title),
      "status": .integer(Int64(status.code)), "detail": .text(detail), "code": .text(code),
      "errors": errors.isEmpty
        ? nil
        : .array(
          errors.map {
            .members([
              "field": .text($0.field), "rule": .text($0.rule), "message": .text($0.message),
            ])
          }),
      "sqlstate": sqlState.map { .text($0) },
      "position": position.map {
        .members([
          "start": .integer(Int64($0.start)), "length": .integer(Int64($0.length)),
          "line": .integer(Int64($0.line)), "column": .integer(Int64($0.column)),
          "excerpt": .text($0.excerpt),
        ])
      },
      "byte": byte.map { .integer(Int64($0)) },
      "hint": hint.map { .text($0) }, "request_id": .text(id.text),
    ])
  }

  package func response(_ id: RequestID) -> ServiceResponse {
    var response = ServiceResponse(
      status: status, contentType: Self.contentType, body: .bytes(json(id).bytes))
    response.headers = headers
    if let retryAfter { response.headers[.retryAfter] = String(max(1, retryAfter)) }
    if closesConnection { response.headers[.connection] = "close" }
    return response
  }
}

// MARK: - The common ones

extension Problem {
  /// One or several fields that break their rules.
  package static func invalid(_ errors: [FieldError]) -> Problem {
    let detail =
      errors.count == 1
      ? errors.map { "\($0.field): \($0.message)" }.joined()
      : "\(errors.count) fields are not as they must be"
    return Problem(.badRequest, "invalid_request", "Invalid request", detail, errors: errors)
  }

  package static func invalid(_ field: String, _ rule: String, _ message: String) -> Problem {
    invalid([FieldError(field, rule, message)])
  }

  /// One or several parameters of the path or the query that cannot be so: always 422, with what is allowed. A
  /// body that is not as it must be is `invalid`.
  package static func parameters(_ errors: [FieldError]) -> Problem {
    invalid(errors).unprocessable
  }

  package static func parameter(_ name: String, _ rule: String, _ message: String) -> Problem {
    parameters([FieldError(name, rule, message)])
  }

  /// The same as 422: what was asked is understood, and cannot be.
  package var unprocessable: Problem {
    var problem = self
    problem.status = .unprocessableContent
    return problem
  }

  package static func notFound(_ what: String) -> Problem {
    Problem(.notFound, "not_found", "Not found", what)
  }

  package static func forbidden(_ detail: String, hint: String? = nil) -> Problem {
    Problem(.forbidden, "forbidden", "Forbidden", detail, hint: hint)
  }

  package static func unauthorized(_ code: String, _ detail: String, hint: String? = nil) -> Problem
  {
    var problem = Problem(.unauthorized, code, "Not signed in", detail, hint: hint)
    // RFC 6750 section 3: no error code where no token was sent.
    problem.headers[.wwwAuthenticate] =
      code == "token_missing"
      ? "Bearer realm=\"daybook\""
      : "Bearer realm=\"daybook\", error=\"invalid_token\""
    return problem
  }

  package static func tooLarge(_ limit: Int) -> Problem {
    var problem = Problem(
      .contentTooLarge, "body_too_large", "Body too large", "the body may have \(limit) bytes")
    problem.closesConnection = true
    return problem
  }

  package static func tooSlow(_ detail: String) -> Problem {
    var problem = Problem(.requestTimeout, "request_too_slow", "Request too slow", detail)
    problem.closesConnection = true
    return problem
  }

  package static func busy(_ detail: String, retryAfter: Int = 1) -> Problem {
    var problem = Problem(.serviceUnavailable, "busy", "Busy", detail)
    problem.retryAfter = retryAfter
    return problem
  }

  /// What must be on the record first was not done.
  package static let notRecorded = Problem(
    .serviceUnavailable, "not_recorded", "Not recorded",
    "the audit log cannot be written, so nothing was done")

  /// Says nothing: the log has it.
  package static let internalError = Problem(
    .internalServerError, "internal_error", "Internal error",
    "something went wrong inside Daybook; its log names the request's id")
}
