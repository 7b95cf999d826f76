import ColumnStore
import Engine
import QueryLanguage
import Testing

@Suite struct Parameters {
  private func rows(_ sql: String, _ parameters: Value...) throws -> [[Value]] {
    var session = Session()
    return try Engine(threads: 1).execute(sql, parameters: parameters, in: &session).rows
  }

  private func error(_ sql: String, _ parameters: Value...) -> QueryError? {
    var session = Session()
    do throws(QueryError) {
      _ = try Engine(threads: 1).execute(sql, parameters: parameters, in: &session)
      return nil
    } catch {
      return error
    }
  }

  @Test func `of text become what their places want`() throws {
    #expect(
      try rows(
        "SELECT $1, $1::date, $2 + 1, $3 OR false", .text("2024-01-01"), .text("41"), .text("t"))
        == [[.text("2024-01-01"), .date(19_723), .integer(42), .boolean(true)]])
  }

  @Test func `of other types keep them`() throws {
    #expect(
      try rows(
        "SELECT $1, $2, $3, $4, ($5)[2], $1", .integer(1), .double(0.5), .null, .date(0),
        .array([.integer(1), .integer(2)]))
        == [[.integer(1), .double(0.5), .null, .date(0), .integer(2), .integer(1)]])
  }

  @Test func `are never read as SQL`() throws {
    #expect(try rows("SELECT $1", .text("' OR true; --")) == [[.text("' OR true; --")]])
  }

  @Test func `that are missing are errors at their places`() {
    let missing = error("SELECT $1, $2", .integer(1))
    #expect(missing?.code == .undefinedParameter)
    #expect(missing?.location == 11..<13)
  }

  @Test func `without a place are errors`() {
    #expect(error("SELECT 1", .integer(1))?.code == .parameterCount)
    #expect(
      error("SELECT $1", .integer(1), .integer(2))?.message
        == "2 parameters are given, but the statement takes 1")
    #expect(error("SELECT $2", .integer(1), .integer(2))?.code == .unusedParameter)
  }

  @Test func `of a wrong type are errors at their places`() {
    let text = error("SELECT 1 WHERE 5 = $1", .text("many"))
    #expect(text?.code == .invalidText)
    #expect(text?.location == 19..<21)
    #expect(error("SELECT 1 WHERE 'x' LIKE $1", .integer(1)) != nil)
    #expect(error("SELECT 1 WHERE DATE '2024-01-01' > $1", .boolean(true))?.location != nil)
  }
}
