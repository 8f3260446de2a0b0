//! Three sounds, drawn as tones: no file, and each with a volume of its own.

use crate::device;
use leptos::web_sys::{AudioContext, OscillatorType};
use std::cell::OnceCell;
use wasm_bindgen::JsValue;

/// What a sound says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sound {
    /// An order arrived in the kitchen.
    NewOrder,
    /// An order was sent, and no kitchen has it on a screen.
    Unseen,
    /// Something was refused.
    Refusal,
}

impl Sound {
    /// All three.
    pub(crate) const ALL: [Self; 3] = [Self::NewOrder, Self::Unseen, Self::Refusal];

    /// Its name in hooks and settings.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::NewOrder => "new-order",
            Self::Unseen => "unseen",
            Self::Refusal => "refusal",
        }
    }

    /// Pitch in hertz and length in hundredths of a second, one after another.
    const fn tones(self) -> &'static [(f32, u8)] {
        match self {
            Self::NewOrder => &[(880.0, 12), (1175.0, 12), (1568.0, 24)],
            Self::Unseen => &[(988.0, 15), (740.0, 15), (988.0, 15), (740.0, 30)],
            Self::Refusal => &[(220.0, 18)],
        }
    }
}

/// The loudest volume.
pub(crate) const LOUDEST: u8 = 5;

/// How loud a sound is: 0 (silent) to [`LOUDEST`].
pub(crate) fn volume(sound: Sound) -> u8 {
    let kept = device::kept(&setting(sound)).and_then(|it| it.parse().ok());
    kept.unwrap_or(3).min(LOUDEST)
}

/// Sets how loud a sound is, and lets it be heard.
pub(crate) fn set_volume(sound: Sound, volume: u8) {
    device::keep(&setting(sound), &volume.min(LOUDEST).to_string());
    play(sound);
}

fn setting(sound: Sound) -> String {
    format!("volume.{}", sound.name())
}

/// Plays a sound at its volume. A PC without sound stays silent: what it says is on the screen too.
pub(crate) fn play(sound: Sound) {
    let volume = volume(sound);
    if volume > 0 {
        CONTEXT.with(|context| {
            if let Some(context) = context.get_or_init(|| AudioContext::new().ok()) {
                tones(context, sound, f32::from(volume) / f32::from(LOUDEST)).ok();
            }
        });
    }
}

thread_local! {
    /// One for the window: a browser gives out few.
    static CONTEXT: OnceCell<Option<AudioContext>> = const { OnceCell::new() };
}

fn tones(context: &AudioContext, sound: Sound, loudness: f32) -> Result<(), JsValue> {
    // Suspended until the first touch or key where the window asks for one.
    drop(context.resume()?);
    let mut at = context.current_time();
    for (pitch, hundredths) in sound.tones() {
        let until = at + f64::from(*hundredths) / 100.0;
        let (tone, gain) = (context.create_oscillator()?, context.create_gain()?);
        tone.set_type(OscillatorType::Triangle);
        tone.frequency().set_value(*pitch);
        // Ears hear loudness as the square, near enough; the end fades so that it does not click.
        gain.gain().set_value_at_time(loudness * loudness, at)?;
        gain.gain().linear_ramp_to_value_at_time(0.0, until)?;
        tone.connect_with_audio_node(&gain)?;
        gain.connect_with_audio_node(&context.destination())?;
        tone.start_with_when(at)?;
        tone.stop_with_when(until)?;
        at = until;
    }
    Ok(())
}
