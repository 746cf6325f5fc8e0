#pragma once

#include "apps/reproduce/study.hpp"
#include "apps/session.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace volley {

/// The tasks of a study that are no sweeps, with their results below DIR/tasks.
class StudyTasks {
public:
    /// Finds out which are done. Collective.
    StudyTasks(std::vector<StudyTask> tasks, std::filesystem::path directory,
               const Session& session);

    /// Jobs for the tasks that are not done, the same on every rank.
    std::vector<Job> jobs_left() const;

    /// Results by name, of the tasks that are done. On one rank.
    std::map<std::string, std::string, std::less<>> results() const;

private:
    std::string key_of(const StudyTask& task) const;
    bool finished(const StudyTask& task) const;

    std::vector<StudyTask> tasks_;
    std::filesystem::path directory_;
    std::string program_;
    std::string left_;  ///< '1' for each task that is not done
};

}  // namespace volley
