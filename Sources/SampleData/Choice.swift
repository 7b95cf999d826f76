/// A random choice of a sample: the weights of its options, in the order of what they index.
enum Choice: Int, CaseIterable {
  case weekdayHour
  case weekendHour
  // What a user does next, by what kind of user it is; in the order of `Action`.
  case creatorAction
  case writerAction
  case developerAction
  case analystAction
  case chatModel
  case imageModel
  case page
  case apiEndpoint
  case errorCode
  case incidentErrorCode
  case country
  case role
  case plan
  case threat
  case stars
  case slowStars

  static let actionsByPersona: [Choice] = [
    .creatorAction, .writerAction, .developerAction, .analystAction,
  ]

  var weights: [Int] {
    switch self {
    case .weekdayHour:
      [4, 3, 2, 2, 3, 6, 14, 34, 66, 92, 98, 90, 70, 84, 98, 94, 82, 60, 36, 26, 22, 18, 12, 7]
    case .weekendHour:
      [8, 6, 4, 3, 3, 4, 7, 12, 22, 34, 44, 48, 46, 46, 48, 48, 46, 42, 40, 42, 40, 34, 24, 14]
    case .creatorAction:
      [300, 290, 70, 30, 70, 30, 20, 30, 40, 4, 1, 40, 4, 22, 2, 3, 1, 8]
    case .writerAction:
      [240, 40, 6, 20, 420, 50, 110, 20, 40, 4, 1, 40, 6, 28, 2, 4, 1, 8]
    case .developerAction:
      [130, 30, 10, 20, 130, 40, 60, 420, 20, 26, 14, 20, 14, 10, 16, 30, 8, 6]
    case .analystAction:
      [330, 20, 4, 40, 160, 120, 160, 40, 90, 10, 2, 40, 16, 18, 14, 12, 4, 8]
    case .chatModel: [29, 47, 18, 6]
    case .imageModel: [64, 36]
    case .page: [24, 22, 14, 14, 14, 8, 4]
    case .apiEndpoint: [52, 22, 14, 12]
    case .errorCode: [30, 22, 16, 14, 12, 6]
    case .incidentErrorCode: [4, 34, 0, 56, 0, 6]
    case .country: [26, 14, 12, 9, 8, 7, 6, 5, 5, 4, 4]
    case .role: [84, 11, 5]
    case .plan: [40, 34, 18, 8]
    case .threat: [34, 22, 18, 14, 9, 3]
    // One star to five.
    case .stars: [3, 4, 9, 32, 52]
    case .slowStars: [14, 16, 22, 28, 20]
    }
  }
}

/// One thing a user does within a session.
enum Action: Int, CaseIterable {
  case viewPage
  case generateImage
  case generateVideo
  case createProject
  case chat
  case upload
  case searchKnowledge
  case callAPI
  case export
  case train
  case deploy
  case openEmail
  case createDataset
  case learn
  case explain
  case test
  case tune
  case invite
}
