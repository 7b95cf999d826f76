import ColumnStore
import Engine
import Foundation
import QueryLanguage
import Testing

@Suite struct `COPY` {
  private let engine = Engine(threads: 2)
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("daybook-copy-\(UUID().uuidString)").path

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  @discardableResult
  private func run(_ sql: String, mayUseFiles: Bool = true) throws(QueryError) -> QueryResult {
    var session = Session()
    session.allowsFileAccess = mayUseFiles
    return try engine.execute(sql, in: &session)
  }

  private func error(_ sql: String) -> QueryError? {
    do throws(QueryError) {
      try run(sql)
      return nil
    } catch {
      return error
    }
  }

  private func clean() { try? FileManager.default.removeItem(atPath: folder) }

  @Test(arguments: [
    "", "WITH (HEADER)", "WITH (FORMAT csv, NULL 'NULL', DELIMITER E'\\t')", "WITH (FORMAT ndjson)",
  ])
  func `brings every row back as it was`(options: String) throws {
    defer { clean() }
    let columns = """
      (id bigint, name text, x double precision, ok boolean, ts timestamp, z timestamptz, d date, j json)
      """
    try run("CREATE TABLE a \(columns)")
    try run("CREATE TABLE b \(columns)")
    try run(
      """
      INSERT INTO a VALUES
        (1, 'plain', 0.1, true, '2024-01-01 10:00:00.123', '2024-01-01 10:00+02', '2024-02-29', '{"a": [1, "x,y"]}'),
        (2, '', 1e308 * 1.7976931348623157, false, '0001-01-01', '9999-12-31 23:59:59.999+00', '0001-01-01', '[]'),
        (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        (-9223372036854775807, 'say "hi", you', 4.9e-324, true, '1969-12-31 23:59:59.999', '1970-01-01', '1970-01-01', '{}'),
        (9223372036854775807, E'two\nlines\r\nand\ttabs', 2.0 / 3, true, NULL, NULL, NULL, '"q"'),
        (6, ' spaces ', -0.0, true, NULL, NULL, NULL, NULL),
        (7, E'\\N', 1e22, true, NULL, NULL, NULL, NULL),
        (8, 'NULL', 123456789.123456789, true, NULL, NULL, NULL, NULL),
        (9, 'ü 日本 👩‍👩‍👧', 5e-320, true, NULL, NULL, NULL, NULL),
        (10, '"', 100, true, NULL, NULL, NULL, NULL)
      """)
    #expect(try run("COPY a TO '\(folder)/a' \(options)").tag == "COPY 10")
    #expect(try run("COPY b FROM '\(folder)/a' \(options)").tag == "COPY 10")
    let before = try run("SELECT * FROM a ORDER BY id").rows
    let after = try run("SELECT * FROM b ORDER BY id").rows
    for (before, after) in zip(before, after) { #expect(before == after) }
    let negativeZero = try run("SELECT x FROM b WHERE id = 6").rows
    #expect("\(negativeZero)".contains("-0"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
  }

  @Test func `takes named columns in the file's order`() throws {
    defer { clean() }
    try run("CREATE TABLE t (id bigint, name text, x bigint)")
    try "b,1\n,2\n".write(toFile: folder + "/f.csv", atomically: true, encoding: .utf8)
    try run("COPY t (name, id) FROM '\(folder)/f.csv'")
    #expect(
      try run("SELECT * FROM t ORDER BY id").rows
        == [[.integer(1), .text("b"), .null], [.integer(2), .null, .null]])
  }

  @Test func `of nothing is nothing`() throws {
    defer { clean() }
    try run("CREATE TABLE t (id bigint)")
    #expect(try run("COPY t TO '\(folder)/f.csv'").tag == "COPY 0")
    #expect(try run("COPY t FROM '\(folder)/f.csv'").tag == "COPY 0")
  }

  @Test func `is refused where files are not the user's own`() throws {
    defer { clean() }
    try run("CREATE TABLE t (id bigint)")
    for sql in ["COPY t FROM '\(folder)/f.csv'", "COPY t TO '\(folder)/f.csv'"] {
      #expect {
        try run(sql, mayUseFiles: false)
      } throws: { ($0 as? QueryError)?.code == .insufficientPrivilege }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test func `names file, line, column and value of what it cannot read, and loads nothing`() throws
  {
    defer { clean() }
    try run("CREATE TABLE t (id bigint, name text)")
    let file = folder + "/f.csv"
    #expect(error("COPY t FROM '\(file)'")?.code == .undefinedFile)
    #expect(error("COPY t FROM '\(folder)'")?.message == "\(folder): this is a directory")
    try "1,a\n2,b\nx,c\n".write(toFile: file, atomically: true, encoding: .utf8)
    let bad = error("COPY t FROM '\(file)'")
    #expect(bad?.code == .badFile)
    #expect(bad?.message.hasPrefix("\(file):3: column 'id' (field 1): 'x'") == true)
    #expect(bad?.location == 12..<(14 + file.utf8.count))
    try "1\n".write(toFile: file, atomically: true, encoding: .utf8)
    #expect(error("COPY t FROM '\(file)'")?.code == .badFile)
    try "id,other\n1,a\n".write(toFile: file, atomically: true, encoding: .utf8)
    #expect(error("COPY t FROM '\(file)' WITH (HEADER)")?.message.contains("'other'") == true)
    #expect(try run("SELECT count(*) FROM t").rows == [[.integer(0)]])
    #expect(error("COPY t TO '\(folder)/no/such/f.csv'")?.code == .fileFailure)
    #expect(error("COPY t TO '\(folder)'")?.code == .fileFailure)
  }

  @Test func `keeps the old file when the query fails`() throws {
    defer { clean() }
    let file = folder + "/f.csv"
    try "old".write(toFile: file, atomically: true, encoding: .utf8)
    try run("CREATE TABLE t (id bigint)")
    try run("INSERT INTO t VALUES (0)")
    #expect(error("COPY (SELECT 1 / id FROM t) TO '\(file)'")?.code == .divisionByZero)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "old")
  }
}
