/// What the platform's people do to its things.
public enum AuditAction: String, CaseIterable, Sendable, Hashable {
  case create
  case update
  case delete
  case invite
  case remove
  case grantRole = "grant_role"
  case revokeRole = "revoke_role"
}

/// The kinds of things that the platform's people do something to.
public enum AuditEntity: String, CaseIterable, Sendable, Hashable {
  case user
  case project
  case experiment
  case dataset
  case trainingJob = "training_job"
  case projectMember = "project_member"
  case datasetMember = "dataset_member"
  case organization

  /// As in a sentence.
  var title: String { rawValue.replacing("_", with: " ") }

  /// Whether its name is that of a person.
  var isPerson: Bool {
    switch self {
    case .user, .projectMember, .datasetMember: true
    case .project, .experiment, .dataset, .trainingJob, .organization: false
    }
  }

  /// What a member is a member of.
  var container: AuditEntity? {
    switch self {
    case .projectMember: .project
    case .datasetMember: .dataset
    case .user, .project, .experiment, .dataset, .trainingJob, .organization: nil
    }
  }
}
