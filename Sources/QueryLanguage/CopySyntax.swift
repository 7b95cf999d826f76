/// `COPY ... FROM` and `COPY ... TO`.
public struct CopySyntax: Sendable {
  public enum Subject: Sendable {
    case table(Identifier, columns: [Identifier])
    case query(SelectSyntax)
  }

  public enum Direction: Sendable {
    case fromFile(String)
    case toFile(String)
    case toOutput
  }

  public var subject: Subject
  public var direction: Direction
  /// Where the file's name stands.
  public var fileLocation: Int
  public var options: [(name: Identifier, value: ExpressionSyntax?)]
}

extension CopySyntax: CustomStringConvertible {
  public var description: String {
    var parts = ["COPY"]
    switch subject {
    case .table(let name, let columns):
      parts.append("\(name)\(columns.isEmpty ? "" : " (\(listed(columns)))")")
    case .query(let query): parts.append("(\(query))")
    }
    switch direction {
    case .fromFile(let file): parts.append("FROM '\(doubling("'", in: file))'")
    case .toFile(let file): parts.append("TO '\(doubling("'", in: file))'")
    case .toOutput: parts.append("TO STDOUT")
    }
    if !options.isEmpty {
      let list = options.map { "\($0.name)\($0.value.map { " \($0)" } ?? "")" }
      parts.append("WITH (\(list.joined(separator: ", ")))")
    }
    return parts.joined(separator: " ")
  }
}
