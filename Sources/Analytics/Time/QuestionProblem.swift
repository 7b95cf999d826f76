/// What is wrong with a question: the parameter, the rule that it breaks, and what is allowed.
public struct QuestionProblem: Error, Equatable, Sendable {
  public var field: String
  /// In one word: `choice`, `missing`, `conflict`, `type`, `range`.
  public var rule: String
  public var message: String

  public init(_ field: String, _ rule: String, _ message: String) {
    self.field = field
    self.rule = rule
    self.message = message
  }
}
