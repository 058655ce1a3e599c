//! The texts of the samples, compiled in: letters and registers as TOML.

/// Everybody and every place.
pub const PEOPLE: &str = include_str!("../texts/people.toml");

/// The sentence forms of generated letters.
pub const SENTENCES: &str = include_str!("../texts/sentences.toml");

macro_rules! files {
    ($folder:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../texts/", $folder, "/", $name, ".toml")))),*]
    };
}

/// The letters: the text file's name, and its content. Each makes one PDF.
pub const LETTERS: &[(&str, &str)] = files!("letters":
    "01-1956-ox", "02-1962-relief", "03-1979-redress", "04-1986-teacher", "05-1993-grain",
    "06-1998-layoff", "07-2003-joint", "08-2006-hospital", "09-2009-river", "10-2012-anonymous",
    "11-2014-assault", "12-2016-form", "13-2017-reply", "14-2019-two", "15-2021-demolition",
    "16-2021-finance", "17-2022-gym", "18-2023-broadband", "19-2024-wages",
);

/// The registers likewise.
pub const REGISTERS: &[(&str, &str)] = files!("registers":
    "county-1956-2009", "district-2012-2017", "county-2019-2024",
);
