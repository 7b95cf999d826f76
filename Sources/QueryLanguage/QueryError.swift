/// Why a query was refused or failed, and where.
public struct QueryError: Error, Equatable, Sendable {
  /// What kind of problem it is; each has PostgreSQL's SQLSTATE code.
  public enum Code: String, Sendable, CaseIterable {
    case syntaxError = "42601"
    case undefinedColumn = "42703"
    case undefinedTable = "42P01"
    case undefinedFunction = "42883"
    case undefinedObject = "42704"
    case duplicateTable = "42P07"
    case duplicateColumn = "42701"
    case ambiguousColumn = "42702"
    case invalidColumnReference = "42P10"
    case duplicateAlias = "42712"
    case typeMismatch = "42804"
    case wrongObjectType = "42809"
    case invalidTableDefinition = "42P16"
    case invalidObjectDefinition = "42P17"
    case dependentObjects = "2BP01"
    case insufficientPrivilege = "42501"
    case readOnly = "25006"
    case undefinedFile = "58P01"
    case fileFailure = "58030"
    case badFile = "22P04"
    case undefinedParameter = "42P02"
    case unusedParameter = "42P18"
    case parameterCount = "08P01"
    case undefinedPreparedStatement = "26000"
    case duplicatePreparedStatement = "42P05"
    case groupingError = "42803"
    case windowingError = "42P20"
    case invalidParameter = "22023"
    case invalidText = "22P02"
    case invalidDatetime = "22007"
    case datetimeOverflow = "22008"
    case numericOutOfRange = "22003"
    case divisionByZero = "22012"
    case invalidArgument = "22000"
    case invalidWidthBucket = "2201G"
    case nullNotAllowed = "22004"
    case invalidRegularExpression = "2201B"
    case notNullViolation = "23502"
    case uniqueViolation = "23505"
    case cardinalityViolation = "21000"
    case featureNotSupported = "0A000"
    case programLimitExceeded = "54000"
    case tooComplex = "54001"
    case tooManyColumns = "54011"
    case queryCancelled = "57014"
    /// Class 57 is PostgreSQL's, the code Daybook's own: there a time-out is a 57014 as well, and
    /// nobody can tell it from a cancel without reading the message.
    case statementTimeout = "57D14"
    case diskFull = "53100"
    /// All statements together; later there may be enough.
    case insufficientResources = "53000"
    /// The statement's own limit.
    case outOfMemory = "53200"
    case objectInUse = "55006"
    case dataCorrupted = "XX001"
    case internalError = "XX000"
  }

  public var code: Code
  /// One line, lower case, no full stop: `unknown column 'contry' in table 'events'`.
  public var message: String
  /// UTF-8 bytes of the query text; `nil` where no place can be named.
  public var location: Range<Int>?
  /// What to do about it, when something close exists: `did you mean 'country'?`.
  public var hint: String?

  public init(
    _ code: Code, _ message: String, at location: Range<Int>? = nil, hint: String? = nil
  ) {
    self.code = code
    self.message = message
    self.location = location
    self.hint = hint
  }
}
