//! Training that is watched: frames and keys in turn.

use std::error::Error;
use std::time::{Duration, Instant};

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event};

use crate::color::Depth;
use crate::options::Options;
use crate::playground::Playground;
use crate::screen::Screen;

/// The time from frame to frame.
const FRAME: Duration = Duration::from_millis(33);

/// How long a pause may stay without a new frame.
const PAUSE: Duration = Duration::from_secs(1);

/// The terminal is as it was at the end, even where that is an error or a panic.
pub(crate) fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let playground = Playground::new(options)?;
    let result = match ratatui::try_init() {
        Ok(mut terminal) => watch(&mut terminal, playground),
        Err(error) => Err(error.into()),
    };
    let restored = ratatui::try_restore();
    result?;
    Ok(restored?)
}

fn watch(terminal: &mut DefaultTerminal, mut playground: Playground) -> Result<(), Box<dyn Error>> {
    let mut screen = Screen::new(Depth::of_terminal());
    loop {
        let start = Instant::now();
        let mut drawn = Ok(());
        terminal.draw(|frame| drawn = screen.draw(frame, &playground))?;
        drawn?;
        playground.advance(FRAME.saturating_sub(start.elapsed()));

        let frame = if playground.is_paused() { PAUSE } else { FRAME };
        while event::poll(frame.saturating_sub(start.elapsed()))? {
            if let Event::Key(key) = event::read()?
                && !key.is_release()
            {
                playground.press(key)?;
            }
            if playground.is_over() {
                // tmux would show the last rows again, had its size changed.
                return Ok(terminal.clear()?);
            }
            if playground.is_paused() {
                break;
            }
        }
    }
}
